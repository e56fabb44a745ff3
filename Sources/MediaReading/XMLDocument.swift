// SPDX-License-Identifier: MIT
import CXML
import Glibc
import LibraryModel

/// A document read as far as it can be read.
///
/// Books are full of broken XML; libxml2 in recovery mode keeps what is readable, and ``flaw`` tells of the first thing
/// that is not. Nothing outside the document is ever loaded, and entities that it declares itself are not expanded.
///
/// A document ends, for us, before an element that lies more than 256 deep and after 10 MB (libxml2's own limits), and
/// before the element after ``elementLimit`` or one of more than ``XMLRepair/attributeLimit`` attributes; what was
/// read until then is kept.
struct XMLDocument {
    let root: XMLElement

    /// The most elements of a document.
    static let elementLimit = 250_000

    /// The first error in words, with its line; `nil` for well-formed XML.
    let flaw: String?

    /// Sets up what all documents share; to be called once, while there is one thread.
    static func prepare() {
        xmlInitParser()
        DocumentText.prepare()
    }

    /// Throws a ``ProblemClass/metadataInvalid`` about `name` where nothing at all can be read.
    init(_ bytes: [UInt8], name: String) throws(Finding) {
        let log = ErrorLog()
        let text = DocumentText(bytes)
        let repair = XMLRepair(text.bytes)
        let tree = Self.parse(repair.bytes, log)
        guard let tree, let root = xmlDocGetRootElement(tree.document) else {
            throw Finding(.metadataInvalid, "\(name) cannot be read: \(log.first ?? "it is empty")")
        }
        self.root = XMLElement(node: root, tree: tree)
        flaw = repair.flaw ?? log.first ?? text.flaw
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
        context.pointee.sax.pointee.startElementNs = {
            context,
            name,
            prefix,
            uri,
            spaces,
            space,
            count,
            defaults,
            attributes in
            guard let context else { return }
            let parser = context.assumingMemoryBound(to: xmlParserCtxt.self)
            let log = parser.pointee._private.map { Unmanaged<ErrorLog>.fromOpaque($0).takeUnretainedValue() }
            guard log?.admitElement() != false else { return xmlStopParser(parser) }
            xmlSAX2StartElementNs(context, name, prefix, uri, spaces, space, count, defaults, attributes)
        }
        let options =
            XML_PARSE_RECOVER.rawValue | XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue
            | XML_PARSE_NOWARNING.rawValue | XML_PARSE_NOCDATA.rawValue | XML_PARSE_IGNORE_ENC.rawValue
        let document = bytes.withUnsafeBytes { bytes in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            return xmlCtxtReadMemory(context, start, Int32(bytes.count), nil, "UTF-8", Int32(options))
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

    /// The first of ``children(named:)``.
    func child(_ name: String) -> XMLElement? {
        children.first { $0.name == name }
    }

    /// The name of the element that this one lies in; empty for the root.
    var parentName: String {
        guard let parent = node.pointee.parent, parent.pointee.type == XML_ELEMENT_NODE else { return "" }
        return XMLElement(node: parent, tree: tree).name
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

    /// ``text`` on one line, with single blanks.
    var line: String { text.line }

    /// The text in this element and those below it but for the elements of `names`, in lower case, and what is in
    /// them; paragraphs of HTML are on lines of their own.
    func text(without names: Set<String>) -> String {
        var text = ""
        var next = node.pointee.children
        while let node = next {
            if node.pointee.type == XML_ELEMENT_NODE {
                let child = XMLElement(node: node, tree: tree)
                let name = child.name.lowercased()
                let isBlock = ["p", "br", "div", "li"].contains(name)
                if isBlock { text += "\n" }
                if !names.contains(name) { text += child.text(without: names) }
                if isBlock, name != "br" { text += "\n" }
            } else {
                text += Self.ownText(of: node)
            }
            next = node.pointee.next
        }
        return text
    }

    private static func ownText(of node: xmlNodePtr) -> String {
        guard node.pointee.type == XML_TEXT_NODE || node.pointee.type == XML_CDATA_SECTION_NODE else { return "" }
        return node.pointee.content.map { String(cString: $0) } ?? ""
    }

    /// Joins text nodes alone: libxml2's own function would expand the entities a hostile document declares.
    private static func text(of first: xmlNodePtr?) -> String {
        var text = ""
        var next = first
        while let node = next {
            text +=
                node.pointee.type == XML_ELEMENT_NODE ? Self.text(of: node.pointee.children) : ownText(of: node)
            next = node.pointee.next
        }
        return text
    }
}

/// Keeps the first error of a parser, and counts what it read.
private final class ErrorLog {
    var first: String?
    private var elements = 0

    /// Whether one more element is within the limit.
    func admitElement() -> Bool {
        elements += 1
        guard elements > XMLDocument.elementLimit else { return true }
        first = first ?? "more than \(XMLDocument.elementLimit) elements"
        return false
    }

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
        // Most texts begin and end with a letter that says so by itself.
        if let first = utf8.first, let last = utf8.last, (0x21..<0x7F).contains(first), (0x21..<0x7F).contains(last) {
            return self
        }
        guard first?.isWhitespace == true || last?.isWhitespace == true else { return self }
        var rest = drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
