// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// The conversion of one book, from its open file to the result in its place.
///
/// Nothing that was there before is touched until the result is proved and the catalog has it: whatever ends it before,
/// the library is as it was, and whatever ends it later, ``ConversionRecovery`` completes it.
struct BookConversion {
    enum Outcome: Equatable {
        case converted

        /// The book cannot be converted; it is not tried again until it changes, or the converter does.
        case refused(String)

        /// Something was in the way that may be gone another time.
        case hindered(String)

        /// The file is not what the catalog has, which a scan finds.
        case stale

        /// Nothing can be written in the directory.
        case readOnly(WritingFault)

        /// The job was stopped before it was done.
        case stopped
    }

    let job: LibraryJob
    let settings: LibrarySettings
    let services: JobServices
    let control: JobControl
    let account: JobAccount
    let own: OwnChanges

    /// - Throws: ``ListingFault/rootOffline(_:reason:)``, and what the database throws.
    func run(_ book: BookToConvert) async throws -> Outcome {
        do {
            let directory = try await services.writing.bookDirectory(book.directory, of: job.library)
            return try await convert(book, in: directory)
        } catch let fault as WritingFault {
            return try outcome(of: fault)
        }
    }

    private func convert(_ book: BookToConvert, in directory: any BookDirectory) async throws -> Outcome {
        guard let target = ConversionNames.result(of: book.name) else {
            return .hindered("it is named .cbz already, though it is none: name it .\(book.format.rawValue) first")
        }
        let source: OpenBook
        do {
            source = try await directory.open(book.name)
        } catch WritingFault.changed {
            return .hindered("it is no regular file: what a symbolic link leads to is not converted")
        } catch WritingFault.absent {
            return .stale
        }
        if source.stamp.differs(from: book.stamp) { return .stale }
        if let reason = try await objection(to: target, for: book, in: directory) { return .hindered(reason) }
        guard await directory.isWritable() else {
            let path = settings.root.appending(book.directory.components)
            return .readOnly(.readOnly(path, reason: "read-only file system, or no permission"))
        }
        services.conversions.noteWritable(book.directory, of: job.library)
        let conversion = OpenConversion(
            of: book,
            draft: ConversionNames.draft(.random(in: 0 ... .max)),
            target: target,
            originals: settings.conversion.originals,
            retain: settings.conversion.retain
        )
        // Before the first file is made: whatever ends the daemon, it is known that there may be one.
        guard let begun = try await services.store.begin(conversion, of: job.library, job: job.id) else {
            return .stale
        }
        return try await carryOut(begun, source, in: directory)
    }

    private func objection(
        to target: FileName,
        for book: BookToConvert,
        in directory: any BookDirectory
    ) async throws -> String? {
        let path = book.directory.appending(target)
        let taken = "\(path) is there already: move it away, or give one of them another name"
        do {
            if try await directory.stamp(of: target) != nil { return taken }
        } catch WritingFault.changed {
            return taken
        }
        guard try await services.store.hasBook(named: target, in: book.directory, of: job.library) else { return nil }
        return
            "the index has a book \(path), which is missing: give this one another name, so that the other keeps its id"
    }

    private func carryOut(
        _ begun: OpenConversion,
        _ source: OpenBook,
        in directory: any BookDirectory
    ) async throws -> Outcome {
        let preparation = ConversionDraft(
            conversion: begun,
            job: job,
            settings: settings,
            services: services,
            control: control
        )
        var conversion = begun
        do {
            switch try await preparation.make(from: source, in: directory) {
            case .success(let made):
                conversion.verified = made.verified
                try await services.store.note(made.verified, of: conversion)
                return try await place(conversion, untold: made.untold, in: directory)
            case .failure(let failure):
                try await abandon(conversion, in: directory)
                return failure.outcome
            }
        } catch let fault as WritingFault {
            let recovery = ConversionRecovery(library: job.library, services: services, account: account, own: own)
            do {
                // What was done cannot be known from here: it may be done all the same.
                if let original = try await recovery.settle(conversion, in: directory) {
                    return try await settle(original, in: directory)
                }
            } catch is WritingFault {
                // It stays open, and is seen to when the directory can be written again.
            }
            return try outcome(of: fault)
        }
    }

    /// Removes a draft, and what says that there is one.
    private func abandon(_ conversion: OpenConversion, in directory: any BookDirectory) async throws {
        try await directory.discard(conversion.draft)
        try await services.store.forget(conversion)
    }

    private func place(
        _ conversion: OpenConversion,
        untold: [String],
        in directory: any BookDirectory
    ) async throws -> Outcome {
        guard let verified = conversion.verified else { return .stale }
        let book = conversion.book
        own.begin([book.name, conversion.target], in: book.directory)
        try await directory.rename(conversion.draft, verified.stamp, to: conversion.target)
        guard let stamp = try await directory.stamp(of: conversion.target) else { return .stale }
        var figures = ScanReport()
        figures[.readBytes] = Int(clamping: book.stamp.size)
        let original = try await account.commit(figures) { catalog -> Int64? in
            let original = try catalog.complete(conversion, as: stamp)
            if original != nil, !untold.isEmpty {
                try catalog.log("warning", untold.joined(separator: "; "), path: book.path)
            }
            return original
        }
        guard let original else {
            // The book was moved or replaced meanwhile, and a scan has seen it.
            let recovery = ConversionRecovery(library: job.library, services: services, account: account, own: own)
            try await recovery.settle(conversion, in: directory)
            return .stale
        }
        return try await settle(original, in: directory)
    }

    /// Does with the original what is to be done with it; the book is converted whatever comes of that.
    private func settle(_ id: Int64, in directory: any BookDirectory) async throws -> Outcome {
        control.noteResult()
        guard let original = try await services.store.original(id) else { return .converted }
        let disposal = OriginalDisposal(library: job.library, services: services, account: account, own: own)
        do {
            try await disposal.finish(original, in: directory)
        } catch let fault as WritingFault {
            try await account.commit {
                try $0.log("warning", "the original is still there: \(fault.summary)", path: original.path)
            }
        }
        return .converted
    }

    /// What an error means for the book.
    private func outcome(of fault: WritingFault) throws -> Outcome {
        switch fault {
        case .unreachable(let fault):
            if case .rootOffline = fault { throw fault }
            return fault.finding == nil ? .stale : .hindered(fault.summary)
        case .readOnly: return .readOnly(fault)
        case .absent, .changed: return .stale
        case .occupied, .noRoom, .failed: return .hindered(fault.summary)
        }
    }
}
