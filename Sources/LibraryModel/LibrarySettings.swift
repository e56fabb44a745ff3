// SPDX-License-Identifier: MIT
package import SystemPackage

/// A library's name: its identity over every change of its root, so it is short and can be typed and put in a URL.
package struct LibraryName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// Takes 1 to 64 lower-case letters, digits, `-` and `_`, the first a letter or digit; `nil` for anything else.
    package init?(_ text: String) {
        let isPlain = { (byte: UInt8) in byte.isASCIIDigit || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")) }
        guard let first = text.utf8.first, isPlain(first), text.utf8.count <= 64,
            text.utf8.allSatisfy({ isPlain($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") })
        else { return nil }
        self.text = text
    }

    package var description: String { text }
}

/// One library as the configuration defines it.
package struct LibrarySettings: Equatable, Sendable {
    /// How changes below the root are noticed.
    package enum Watch: String, Sendable, CaseIterable {
        /// Kernel events where they can be trusted, and polling elsewhere.
        case auto

        /// Kernel events, wherever the library lies.
        case events

        /// Polling, wherever the library lies.
        case poll

        /// Only when asked.
        case off
    }

    package var name: LibraryName

    /// Absolute; may be a symbolic link to a directory.
    package var root: FilePath
    package var pattern: LibraryPattern = .series
    package var watch: Watch = .auto

    package var scanMode: ScanMode = .batched

    /// When it is scanned by itself, beside what is seen of changes; `nil` for never.
    package var schedule: Schedule?

    /// Its own rules, which all files of rules in it come after; `nil` for none.
    package var ignore: IgnoreFile?

    /// Which hashes of whole files are worked out.
    package var hashes: HashWishes = []

    /// Whether embedded metadata is read at all.
    package var readsMetadata = true

    /// `nil` where thumbnails are switched off.
    package var thumbnails: ThumbnailSettings? = ThumbnailSettings()

    package var conversion = ConversionSettings()

    /// What the series is called that the books directly in the root are.
    package var rootName: String { root.lastComponent?.string ?? name.text }

    package init(name: LibraryName, root: FilePath) {
        self.name = name
        self.root = root
    }
}

/// How thumbnails are made from a page.
package struct ThumbnailSettings: Hashable, Sendable {
    /// The size of the picture that comes out, whose proportions are always those of the page.
    package enum Size: Hashable, Sendable {
        /// The largest that fits in a box of pixels; a page is never enlarged.
        case fit(width: Int, height: Int)

        /// A fraction of the page, above 0 and at most 1.
        case scale(Double)
    }

    package var size: Size

    /// 0…100, of lossy WebP.
    package var quality: Int

    /// 0…6, libwebp's `method`: more is smaller and slower.
    package var effort: Int

    package init(size: Size = .fit(width: 400, height: 600), quality: Int = 75, effort: Int = 2) {
        self.size = size
        self.quality = quality
        self.effort = effort
    }

    /// Tells two settings apart in the name of a thumbnail's file.
    package var digest: String {
        switch size {
        case .fit(let width, let height): "f\(width)x\(height)q\(quality)e\(effort)"
        case .scale(let factor): "s\(Int((factor * 10_000).rounded()))q\(quality)e\(effort)"
        }
    }

    /// The size in pixels that a page of `width` × `height` is reduced to; at least 1 × 1, never larger than the page.
    package func target(width: Int, height: Int) -> (width: Int, height: Int) {
        let factor: Double =
            switch size {
            case .fit(let boxWidth, let boxHeight):
                min(1, Double(boxWidth) / Double(width), Double(boxHeight) / Double(height))
            case .scale(let factor): min(1, factor)
            }
        return (
            max(1, Int((Double(width) * factor).rounded())),
            max(1, Int((Double(height) * factor).rounded()))
        )
    }
}
