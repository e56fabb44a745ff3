// SPDX-License-Identifier: MIT
package import SystemPackage

/// One book's file, open for reading; it is closed when the last reference goes.
package final class OpenBook: Sendable {
    package let descriptor: FileDescriptor

    /// Taken from the descriptor itself, after it was opened.
    package let stamp: FileStamp

    /// Whether somebody still writes it, as far as could be told after it was opened.
    package let probe: WriterProbe

    package init(descriptor: FileDescriptor, stamp: FileStamp, probe: WriterProbe = .quiet) {
        self.descriptor = descriptor
        self.stamp = stamp
        self.probe = probe
    }

    deinit {
        // Nothing was written, so closing cannot lose anything.
        try? descriptor.close()
    }
}
