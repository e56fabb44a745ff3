// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// What an error means for the job that met it, and for all others.
enum JobTrouble {
    /// Nothing can be written, and why.
    case stall(String)

    /// The database is damaged, so that the daemon must not go on.
    case damage

    /// It may be gone when the job is tried again.
    case passing(any Fault)

    /// The job asks for what cannot be.
    case lasting(any Fault)

    /// Judges an error by what else is known.
    ///
    /// A job whose library `isOffline` fails at once; it is looked at anew when it is back. A `cacheFault` says why no
    /// thumbnail at all can be kept, and not only this one; that there is no room holds for all, even where what was
    /// removed of this one has left some.
    init(_ error: any Error, of job: Int64, isOffline: Bool, cacheFault: ThumbnailFault?) {
        if let trouble = StoreTrouble(error) {
            if trouble == .damaged {
                self = .damage
            } else {
                self =
                    trouble.stall.map(JobTrouble.stall)
                    ?? .passing(JobFault.unforeseen(job, String(describing: error)))
            }
        } else if let fault = error as? ThumbnailFault, let cause = cacheFault ?? (fault.isOfRoom ? fault : nil) {
            self = .stall(cause.summary)
        } else if let fault = error as? any Fault {
            let isLasting = fault.code == JobFault.offlineCode && isOffline || fault is StoreFault || fault.isLasting
            self = isLasting ? .lasting(fault) : .passing(fault)
        } else {
            self = .passing(JobFault.unforeseen(job, String(describing: error)))
        }
    }
}

extension StoreTrouble {
    /// Why nothing can be written at all; `nil` where that is not known.
    var stall: String? {
        switch self {
        case .full: "the disk of the state directory is full"
        case .notWritable: "the state directory cannot be written: its disk fails, or is read-only"
        case .damaged, .busy, .other: nil
        }
    }
}

extension ThumbnailFault {
    fileprivate var isOfRoom: Bool {
        switch self {
        case .cannotKeep(_, let error): error == .noSpace || error == .diskQuotaExceeded
        }
    }
}

extension Fault {
    fileprivate var isLasting: Bool {
        switch self as? JobFault {
        case .retired?, .databaseDamaged?: true
        default: false
        }
    }
}
