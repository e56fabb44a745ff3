// SPDX-License-Identifier: MIT
import StumpDaemon
import Testing

@Suite("A refusal points at the key where it is written")
struct KeyLocatorTests {
    private func position(of path: [KeyStep], in text: String) -> String {
        let position = KeyLocator(text).position(of: path)
        return "\(position.line):\(position.column)"
    }

    @Test func `a key under a header is found at its first letter`() {
        #expect(position(of: ["daemon", "workers"], in: "# head\n[daemon]\n  workers = 2\n") == "3:3")
    }

    @Test func `each table of an array of tables has its own keys`() {
        let text =
            "[[library]]\nname = 'a'\n[library.thumbnails]\nfit = 1\n[[library]]\nname = 'b'\n"
            + "[ library . thumbnails ]\nfit = 2\n"
        #expect(position(of: ["library", 0, "name"], in: text) == "2:1")
        #expect(position(of: ["library", 0, "thumbnails", "fit"], in: text) == "4:1")
        #expect(position(of: ["library", 1, "name"], in: text) == "6:1")
        #expect(position(of: ["library", 1, "thumbnails"], in: text) == "7:13")
        #expect(position(of: ["library", 1, "thumbnails", "fit"], in: text) == "8:1")
    }

    @Test func `dotted and quoted keys are taken apart`() {
        let text = "daemon.\"log_level\" . 'x.y' = 1\n\"a\\u0062\\\"c\" = 2\n"
        #expect(position(of: ["daemon", "log_level"], in: text) == "1:8")
        #expect(position(of: ["daemon", "log_level", "x.y"], in: text) == "1:22")
        #expect(position(of: ["ab\"c"], in: text) == "2:1")
    }

    @Test(arguments: [
        "a = \"\\\" # \\\\\" # b = 0\n",
        "a = 'it \\' # b = 0\n",
        "a = \"\"\"\nb = 0\n\"\"\\\"\"\"\"\n\n",
        "a = '''\nb = 0\n''''\n\n",
        "a = \"\"\"one\"\"\"\"\"\n\n\n",
        "a = [ 1, # b = 0 ]\n 'b = 0', [\"]\"],\n]\n",
        "a = \"\" # b\n# b = 0\n\n",
        "a = 1979-05-27T07:32:00Z # b = 0\r\n\r\n\r\n",
    ])
    func `strings, comments and arrays hide what looks like a key`(before: String) {
        let line = 1 + before.unicodeScalars.count { $0 == "\n" }
        #expect(position(of: ["b"], in: before + " b = 1\n") == "\(line):2")
    }

    @Test func `keys of inline tables and of tables in arrays are found`() {
        let text =
            "watch = { quiet = '1s', patience = '2s' }\nlibrary = [\n  { name = 'a' },\n"
            + "  { root = '/', name = 'b' },\n]"
        #expect(position(of: ["watch", "patience"], in: text) == "1:25")
        #expect(position(of: ["library", 0, "name"], in: text) == "3:5")
        #expect(position(of: ["library", 1, "name"], in: text) == "4:17")
    }

    @Test func `what is not written is where the nearest thing around it is`() {
        #expect(position(of: ["library", 1, "root"], in: "[[library]]\n[[library]]\n") == "2:3")
        #expect(position(of: ["nothing"], in: "a = 1") == "1:1")
    }

    @Test func `columns count letters, not bytes, and a byte order mark is none`() {
        #expect(position(of: ["a", "é", "b"], in: "\u{FEFF}a.'é'.b = 1") == "1:7")
    }

    @Test(arguments: [
        "[", "[[", "a", "a = ", "= 1", "a = [", "a = {", "a = \"", "]]]", "a = { = ", "\"\\u12", "a = [}",
    ])
    func `the walk ends on texts that are no TOML`(text: String) {
        #expect(position(of: ["b"], in: text) == "1:1")
    }
}
