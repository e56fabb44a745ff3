// SPDX-License-Identifier: MIT
import LibraryModel

/// A picture as it lies in a book, whatever its extension says.
struct EncodedPicture {
    /// The size as it is shown, after it was turned.
    let width: Int
    let height: Int

    private let decoder: any PictureDecoder

    /// Reads the picture's header; throws where it is damaged, of a format that is not decoded, or a bomb.
    init(_ bytes: [UInt8]) throws(Finding) {
        guard let format = PictureFormat(bytes.prefix(PictureFormat.headLength)) else {
            throw Finding(.imageCorrupt, "is not a picture")
        }
        decoder = try format.decoder(for: bytes)
        try PictureLimits.check(width: decoder.width, height: decoder.height)
        (width, height) = decoder.orientation.shown(width: decoder.width, height: decoder.height)
    }

    /// The picture as it is shown, on white paper, of a size that is no larger than its own.
    func reduced(to size: (width: Int, height: Int)) throws(Finding) -> Canvas {
        try PictureLimits.check(thumbnail: size)
        let stored = decoder.orientation.shown(width: size.width, height: size.height)
        let need = decoder.memory(reducingTo: stored) + Canvas.memory(encoding: size)
        try PictureLimits.check(memory: need, width: width, height: height)
        let canvas = try decoder.decoded(atLeast: stored)
        try canvas.rescale(width: stored.width, height: stored.height)
        return try canvas.turned(decoder.orientation)
    }

    /// Decodes every bit of the picture and keeps nothing; throws at whatever the decoder complains of.
    func verify() throws(Finding) {
        try PictureLimits.check(memory: decoder.memory(reducingTo: nil), width: width, height: height)
        try decoder.verify()
    }

    /// Whether bytes begin as a picture of a format that is decoded.
    static func isPicture(_ head: [UInt8]) -> Bool {
        PictureFormat(head[...]) != nil
    }
}

/// Decodes one format; made of a whole picture, whose header it has read.
protocol PictureDecoder {
    /// The size as it is stored.
    var width: Int { get }
    var height: Int { get }

    /// What has to be done to the decoded picture before it is shown; nothing where the decoder does it by itself.
    var orientation: Orientation { get }

    /// Bytes that decoding takes at most, by the header: with a result of at least `size`, or with none.
    func memory(reducingTo size: (width: Int, height: Int)?) -> Int

    /// The picture at full size or, where that is cheaper, a smaller one that is at least `size`.
    func decoded(atLeast size: (width: Int, height: Int)) throws(Finding) -> Canvas

    /// Decodes every bit of the picture and keeps nothing.
    ///
    /// Stricter than ``decoded(atLeast:)``: what a viewer passes over in silence counts as damage.
    func verify() throws(Finding)
}

extension PictureDecoder {
    var orientation: Orientation { .upright }
}

extension Finding {
    /// What a decoder says of a picture; that it lacks memory, or does not know a variant, is no fault of the picture's.
    static func undecodable(_ message: String) -> Finding {
        if message.lowercased().contains("memory") { return Canvas.outOfMemory }
        if message.contains("Unsupported") { return Finding(.unsupportedFormat, "is not decoded: \(message)") }
        return Finding(.imageCorrupt, "does not decode: \(message)")
    }
}
