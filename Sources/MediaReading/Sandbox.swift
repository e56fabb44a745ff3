// SPDX-License-Identifier: MIT
import CLinux
import Glibc
package import LibraryModel

/// The walls a worker puts around itself before it reads a byte that others wrote.
package enum Sandbox {
    /// Bytes of address space: a book's largest page, its pixels and the codecs' tables fit with room to spare.
    private static let addressSpace: UInt64 = 2 << 30

    /// The largest file a worker may write, in bytes; it writes into descriptors that it is given.
    ///
    /// A thumbnail, or where a worker converts books as much as the largest that is read unpacks to, and a directory.
    private static func fileSize(_ profile: WorkerProfile) -> UInt64 {
        profile == .pdf ? 64 << 20 : UInt64(ArchiveLimits.unpackedSize + ArchiveLimits.directorySize)
    }

    /// Enough for a full packet of requests with two descriptors each.
    private static let descriptors = UInt64(WorkerProtocol.requestLimit * 2 + 16)

    /// Confines this process for good, leaving it one descriptor, and says which walls stand.
    ///
    /// Must run while there is one thread, before any codec: what comes later is what the filter forbids. Landlock and
    /// seccomp may be missing where the kernel lacks them; any other step that fails is thrown, since a worker that
    /// is open to the world must not read.
    ///
    /// With the profile for PDF, the fonts and what belongs to them can be read, provided that Landlock stands.
    package static func enter(keeping descriptor: Int32, profile: WorkerProfile) throws(SandboxFault) -> WorkerHello {
        clinux_prepare_worker()
        XMLDocument.prepare()
        PictureFormat.prepare()
        let readable = profile == .pdf ? PopplerLibrary.prepare() : []
        try SandboxFault.check("close descriptors", clinux_close_descriptors(descriptor))
        try SandboxFault.check("forbid privileges", clinux_forbid_privileges())
        try SandboxFault.check("set limits", clinux_limit_worker(addressSpace, fileSize(profile), descriptors))
        let landlock = forbidPaths(but: readable)
        guard landlock == 0 || landlock == ENOSYS || landlock == EOPNOTSUPP else {
            throw SandboxFault(step: "forbid paths", code: landlock)
        }
        let reading: SystemCallFilter.Reading = profile != .pdf ? .none : landlock == 0 ? .paths : .descriptors
        return WorkerHello(landlock: landlock == 0, seccomp: SystemCallFilter.load(reading))
    }

    private static func forbidPaths(but readable: [String]) -> Int32 {
        var paths: [UnsafePointer<CChar>?] = readable.map { UnsafePointer(strdup($0)) }
        defer { for path in paths { free(UnsafeMutablePointer(mutating: path)) } }
        return clinux_forbid_paths(&paths, paths.count)
    }
}

/// A wall that could not be put up.
package struct SandboxFault: Error, CustomStringConvertible {
    fileprivate let step: String
    fileprivate let code: Int32

    package var description: String {
        "cannot \(step): \(String(cString: strerror(code)))"
    }

    fileprivate static func check(_ step: String, _ code: Int32) throws(SandboxFault) {
        guard code == 0 else { throw SandboxFault(step: step, code: code) }
    }
}
