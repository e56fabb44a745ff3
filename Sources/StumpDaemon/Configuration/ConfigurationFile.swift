// SPDX-License-Identifier: MIT
internal import LibraryModel
package import SystemPackage
internal import TOMLKit

/// The configuration as it is written: a TOML file, libraries of the command line, both or neither.
package enum ConfigurationFile {
    /// The most that is read of a file, in bytes.
    private static let limit = 1 << 20

    /// The file that is meant: the one asked for; else, unless libraries were given, the service's, if it is there.
    ///
    /// `$CONFIGURATION_DIRECTORY` is systemd's; by hand it is `/etc/stump`.
    package static func path(
        flag: FilePath?,
        hasLibraries: Bool,
        environment: [String: String],
        exists: (FilePath) -> Bool
    ) -> FilePath? {
        if let flag { return flag }
        let directory = environment["CONFIGURATION_DIRECTORY"]?.split(separator: ":").first.map(String.init)
        let path = FilePath(directory ?? "/etc/stump").appending("stumpd.toml")
        return !hasLibraries && exists(path) ? path : nil
    }

    /// Reads and judges everything; throws all refusals at once, in the order of the text.
    ///
    /// `libraries` are the values of `--library`, `NAME=DIR`, relative to the working directory.
    package static func load(
        _ path: FilePath?,
        libraries: [String] = [],
        workingDirectory: FilePath
    ) throws(ConfigurationFault) -> Configuration {
        var text: (String, of: FilePath)?
        if let path { text = (try read(path), path) }
        return try parse(text, libraries: libraries, workingDirectory: workingDirectory)
    }

    static func parse(
        _ text: (String, of: FilePath)?,
        libraries: [String] = [],
        workingDirectory: FilePath = "/"
    ) throws(ConfigurationFault) -> Configuration {
        var configuration = Configuration()
        var review = LibraryReview()
        var refusals: [Refusal] = []
        if let (text, path) = text {
            var reader = ConfigurationReader(file: path, keys: KeyLocator(text))
            reader.read(try document(text, path))
            configuration = reader.configuration
            refusals = reader.refusals
            for draft in reader.libraries { review.add(draft) }
        }
        for argument in libraries {
            do {
                review.add(try LibraryDraft(argument: argument, workingDirectory: workingDirectory))
            } catch {
                refusals.append(error)
            }
        }
        refusals += review.refusals
        guard refusals.isEmpty else { throw .refused(refusals.inOrderOfText) }
        configuration.libraries = review.libraries
        return configuration
    }

    private static func document(_ text: String, _ path: FilePath) throws(ConfigurationFault) -> TOMLTable {
        do {
            return try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            let begin = error.source.begin
            let source = Refusal.Source.file(path, TextPosition(line: begin.line, column: begin.column))
            let remedy = "write `key = value` lines under `[table]` headers, texts in double quotes"
            throw .refused([Refusal(source: source, what: error.description.escaped, remedy: remedy)])
        } catch {
            preconditionFailure("the TOML parser threw \(error)")
        }
    }

    // MARK: Text

    private static func read(_ path: FilePath) throws(ConfigurationFault) -> String {
        let bytes: [UInt8]
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            bytes = try file.closeAfter { try contents(of: file) }
        } catch {
            throw .unreadable(path, error as? Errno ?? .ioError)
        }
        return try decode(bytes, path)
    }

    /// Reads to the end, or until more than the limit has come: the file may be a pipe.
    private static func contents(of file: FileDescriptor) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let chunk = try [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
                count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            if chunk.isEmpty { return bytes }
            bytes += chunk
        }
        throw Errno.fileTooLarge
    }

    /// Takes UTF-8 without NUL; the parser would silently end at the first NUL.
    static func decode(_ bytes: [UInt8], _ path: FilePath) throws(ConfigurationFault) -> String {
        let isText = { (bytes: ArraySlice<UInt8>) in
            !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil
        }
        guard !isText(bytes[...]) else { return String(decoding: bytes, as: UTF8.self) }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let line = 1 + (lines.firstIndex { !isText($0) } ?? 0)
        let source = Refusal.Source.file(path, TextPosition(line: line, column: 1))
        throw .refused([Refusal(source: source, what: "the line is not UTF-8 text", remedy: "save the file as UTF-8")])
    }
}

extension [Refusal] {
    /// Those of the file by their place in it, those of the command line after them.
    fileprivate var inOrderOfText: [Refusal] {
        let placed = enumerated().map { (index: $0.offset, refusal: $0.element) }
        return placed.sorted { left, right in
            switch (left.refusal.source, right.refusal.source) {
            case (.file(_, let first), .file(_, let second)): (first, left.index) < (second, right.index)
            case (.file, .argument): true
            case (.argument, .file): false
            case (.argument, .argument): left.index < right.index
            }
        }.map(\.refusal)
    }
}
