// SPDX-License-Identifier: MIT
import CXML
import Glibc
import LibraryModel

/// A document read as far as it can be read.
///
/// Books are full of broken XML; libxml2 in recovery mode keeps what is readable, and ``flaw`` tells of the first thing
/// that is not. Nothing outside the document is ever loaded, and entities that it declares itself are not expanded.
struct XMLDocument {
    let root: XMLElement

    /// The first error in words, with its line; `nil` for well-formed XML.
    let flaw: String?

    /// Sets up what all documents share; to be called once, while there is one thread.
    static func prepare() {
        xmlInitParser()
    }

    /// Throws a ``ProblemClass/metadataInvalid`` about `name` where nothing at all can be read.
    init(_ bytes: [UInt8], name: String) throws(Finding) {
        let log = ErrorLog()
        let tree = Self.parse(bytes, log)
        guard let tree, let root = xmlDocGetRootElement(tree.document) else {
            throw Finding(.metadataInvalid, "\(name) cannot be read: \(log.first ?? "it is empty")")
        }
        self.root = XMLElement(node: root, tree: tree)
        flaw = log.first
    }

    private static func parse(_ bytes: [UInt8], _ log: ErrorLog) -> XMLTree? {
        guard let context = xmlNewParserCtxt() else { return nil }
        defer { xmlFreeParserCtxt(context) }
        context.pointee._private = Unmanaged.passUnretained(log).toOpaque()
        context.pointee.sax.pointee.serror = { context, error in
            guard let context, let error else { return }
            let parser = context.assumingMemoryBound(to: xmlParserCtxt.self)
            guard let log = parser.pointee._private else { return }
            Unmanaged<ErrorLog>.fromOpaque(log).takeUnretainedValue().note(error.pointee)
        }
        let options =
            XML_PARSE_RECOVER.rawValue | XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue
            | XML_PARSE_NOWARNING.rawValue | XML_PARSE_NOCDATA.rawValue
        let document = bytes.withUnsafeBytes { bytes in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            return xmlCtxtReadMemory(context, start, Int32(bytes.count), nil, nil, Int32(options))
        }
        return document.map { XMLTree($0) }
    }
}

/// Owns the nodes that elements point to.
private final class XMLTree {
    let document: xmlDocPtr

    init(_ document: xmlDocPtr) {
        self.document = document
    }

    deinit {
        xmlFreeDoc(document)
    }
}

/// One element of a document, which it keeps alive.
struct XMLElement {
    private let node: xmlNodePtr
    private let tree: XMLTree

    fileprivate init(node: xmlNodePtr, tree: XMLTree) {
        self.node = node
        self.tree = tree
    }

    /// The name without its prefix: prefixes are chosen freely, and often not declared at all.
    var name: String { String(local: node.pointee.name) }

    var children: [XMLElement] {
        var children: [XMLElement] = []
        var next = node.pointee.children
        while let node = next {
            if node.pointee.type == XML_ELEMENT_NODE { children.append(XMLElement(node: node, tree: tree)) }
            next = node.pointee.next
        }
        return children
    }

    /// All elements below this one, in the order of the document.
    var descendants: [XMLElement] {
        var descendants: [XMLElement] = []
        gather(into: &descendants)
        return descendants
    }

    private func gather(into descendants: inout [XMLElement]) {
        for child in children {
            descendants.append(child)
            child.gather(into: &descendants)
        }
    }

    func children(named name: String) -> [XMLElement] {
        children.filter { $0.name == name }
    }

    /// The value of an attribute by its name without prefix, blanks at both ends left out; `nil` where empty.
    subscript(attribute: String) -> String? {
        var next = node.pointee.properties
        while let current = next {
            if String(local: current.pointee.name) == attribute {
                return Self.text(of: current.pointee.children).trimmed.nonEmpty
            }
            next = current.pointee.next
        }
        return nil
    }

    /// The text in this element and those below it, blanks at both ends left out.
    var text: String { Self.text(of: node.pointee.children).trimmed }

    /// The text in this element alone, blanks at both ends left out.
    var ownText: String { Self.text(of: node.pointee.children, isDeep: false).trimmed }

    /// ``text`` and ``ownText`` on one line, with single blanks.
    var line: String { Self.onOneLine(text) }
    var ownLine: String { Self.onOneLine(ownText) }

    private static func onOneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Joins text nodes alone: libxml2's own function would expand the entities a hostile document declares.
    private static func text(of first: xmlNodePtr?, isDeep: Bool = true) -> String {
        var text = ""
        var next = first
        while let node = next {
            switch node.pointee.type {
            case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
                if let content = node.pointee.content { text += String(cString: content) }
            case XML_ELEMENT_NODE where isDeep: text += Self.text(of: node.pointee.children)
            default: break
            }
            next = node.pointee.next
        }
        return text
    }
}

/// Keeps the first error of a parser.
private final class ErrorLog {
    var first: String?

    func note(_ error: xmlError) {
        // An undeclared prefix is wrong, but nothing is lost by it.
        guard first == nil, error.domain == XML_FROM_PARSER.rawValue, error.level != XML_ERR_WARNING else { return }
        let message = error.message.map { String(cString: $0).trimmed } ?? "error \(error.code)"
        first = "\(String(shown: Array(message.utf8))), line \(error.line)"
    }
}

extension String {
    /// A name of libxml2's without what is before its colon.
    fileprivate init(local name: UnsafePointer<xmlChar>?) {
        guard let name else {
            self = ""
            return
        }
        let length = strlen(UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
        let bytes = UnsafeBufferPointer(start: name, count: length)
        self = String(decoding: bytes[(bytes.lastIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? 0)...], as: UTF8.self)
    }

    var nonEmpty: String? { isEmpty ? nil : self }

    /// The text without white space at both ends.
    var trimmed: String {
        guard first?.isWhitespace == true || last?.isWhitespace == true else { return self }
        var rest = drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
