// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Logging
import SystemPackage

/// Sees to what an earlier run of the daemon has left half done: each conversion is completed, or is as if it had never
/// been begun.
///
/// Nothing is believed but what is on the disk. What cannot be reached is left until it can.
struct ConversionRecovery {
    let library: LibraryName
    let services: JobServices
    let account: JobAccount
    let own: OwnChanges

    /// Sees to all that is open in the library; what it costs where there is nothing is two looks at empty tables.
    ///
    /// - Throws: what the database throws.
    func run() async throws {
        for conversion in try await services.store.openConversions(of: library) { try await attempt(conversion) }
        let disposal = OriginalDisposal(library: library, services: services, account: account, own: own)
        for original in try await services.store.unfinishedOriginals(of: library) {
            do {
                let directory = try await services.writing.bookDirectory(original.directory, of: library)
                try await disposal.finish(original, in: directory)
            } catch let fault as WritingFault {
                tell(fault, "An original cannot be seen to for now", original.path)
            }
        }
    }

    private func attempt(_ conversion: OpenConversion) async throws {
        do {
            let directory = try await services.writing.bookDirectory(conversion.book.directory, of: library)
            try await settle(conversion, in: directory)
        } catch let fault as WritingFault {
            tell(fault, "A conversion that was interrupted cannot be seen to for now", conversion.book.path)
        }
    }

    /// Completes a conversion or takes it back.
    ///
    /// A result that is all that is left stays, and is a book of its own.
    ///
    /// - Returns: the original of a conversion that was completed.
    /// - Throws: ``WritingFault`` where neither could be done, and what the database throws.
    @discardableResult
    func settle(_ conversion: OpenConversion, in directory: any BookDirectory) async throws -> Int64? {
        let book = conversion.book
        own.begin([book.name, conversion.target], in: book.directory)
        if let verified = conversion.verified, let stamp = try await regular(conversion.target, in: directory),
            stamp.isSameFile(as: verified.stamp)
        {
            // Two names of one file, where it was linked because it could not be renamed.
            try await directory.discard(conversion.draft)
            let source = try await regular(book.name, in: directory)
            // Without its original it is all that there is of the book.
            if source?.isSameFile(as: book.stamp) ?? true {
                let original = try await account.commit { try $0.complete(conversion, as: stamp) }
                if let original { return original }
            }
            let path = book.path
            var hasOther = source != nil
            if !hasOther { hasOther = try await services.writing.hasFile(of: book.id, but: path, services.store) }
            guard hasOther else {
                try await account.commit {
                    try $0.log("warning", "\(conversion.target) is all that is left of it, and stays", path: path)
                }
                try await services.store.forget(conversion)
                return nil
            }
            try await directory.rename(conversion.target, verified.stamp, to: conversion.draft)
        }
        try await directory.discard(conversion.draft)
        try await services.store.forget(conversion)
        return nil
    }

    /// What a file is; what is no regular file is not ours, and as good as nothing.
    private func regular(_ name: FileName, in directory: any BookDirectory) async throws -> FileStamp? {
        do {
            return try await directory.stamp(of: name)
        } catch WritingFault.changed {
            return nil
        }
    }

    private func tell(_ fault: WritingFault, _ message: Logger.Message, _ path: FilePath) {
        services.logger.warning(
            message,
            metadata: ["library": "\(library)", "path": "\(path)", "reason": "\(fault.summary)"]
        )
    }
}
