// SPDX-License-Identifier: MIT
internal import LibraryModel
internal import Logging
internal import SystemPackage
internal import TOMLKit

/// One table of the file and the way to it.
struct ConfigurationTable {
    let values: TOMLTable
    let path: [KeyStep]
    let section: ConfigurationSection
}

/// Reads the tables of a file, and gathers everything that is refused in them instead of stopping at the first.
struct ConfigurationReader {
    private(set) var configuration = Configuration()
    private(set) var libraries: [LibraryDraft] = []
    private(set) var refusals: [Refusal] = []

    private let file: FilePath
    private let keys: KeyLocator

    init(file: FilePath, keys: KeyLocator) {
        self.file = file
        self.keys = keys
    }

    mutating func read(_ document: TOMLTable) {
        let document = ConfigurationTable(values: document, path: [], section: .document)
        checkKeys(of: document)
        if let table = table("daemon", of: document, as: .daemon) { readDaemon(table) }
        if let table = table("watch", of: document, as: .watch) { readWatch(table) }
        for table in libraryTables(of: document) { readLibrary(table) }
    }

    // MARK: Tables

    private mutating func readDaemon(_ table: ConfigurationTable) {
        checkKeys(of: table)
        let most = Configuration.mostWorkers
        if let workers = value("workers", of: table, .integer(0...most, example: 4)) { configuration.workers = workers }
        if let level = value("log_level", of: table, .word(example: Logger.Level.info)) {
            configuration.logLevel = level
        }
        if let history = value("history", of: table, .duration(example: "90d")) { configuration.history = history }
        if let backup = value("backup", of: table, .word(example: BackupPlan.daily)) { configuration.backup = backup }
        if let age = value("purge_missing", of: table, .age) { configuration.purgeMissing = age }
    }

    private mutating func readWatch(_ table: ConfigurationTable) {
        checkKeys(of: table)
        if let quiet = value("quiet", of: table, .duration(example: "2s")) { configuration.quiet = quiet }
        if let patience = value("patience", of: table, .duration(example: "30s")) { configuration.patience = patience }
        if let interval = value("poll_interval", of: table, .duration(example: "5m")) {
            configuration.pollInterval = interval
        }
        guard configuration.quiet > configuration.patience else { return }
        refuse(
            at: table.path + [table.values["quiet"] == nil ? "patience" : "quiet"],
            "`watch.quiet` (\(configuration.quiet.text)) is longer than `watch.patience` "
                + "(\(configuration.patience.text))",
            "write a `quiet` of at most \(configuration.patience.text), or a longer `patience`"
        )
    }

    private mutating func readLibrary(_ table: ConfigurationTable) {
        checkKeys(of: table)
        let naming = KeyRule<String>.text("a name of your choice", example: "comics")
        let rooting = KeyRule<String>.text("the directory's path", example: "/srv/comics")
        var draft = LibraryDraft(
            name: required("name", of: table, naming),
            root: required("root", of: table, rooting)
        )
        if let pattern = value("pattern", of: table, .word(example: LibraryPattern.series)) { draft.pattern = pattern }
        if let mode = value("scan_mode", of: table, .word(example: ScanMode.batched)) { draft.scanMode = mode }
        if let watch = value("watch", of: table, .word(example: LibrarySettings.Watch.auto)) { draft.watch = watch }
        draft.schedule = readSchedule(of: table)
        draft.ignore = readIgnore(of: table)
        if let reads = value("metadata", of: table, .boolean) { draft.readsMetadata = reads }
        if value("hash", of: table, .boolean) == true { draft.hashes.insert(.file) }
        if value("koreader_hash", of: table, .boolean) == true { draft.hashes.insert(.koreader) }
        if let thumbnails = self.table("thumbnails", of: table, as: .thumbnails) {
            draft.thumbnails = readThumbnails(thumbnails)
        }
        if let conversion = self.table("conversion", of: table, as: .conversion) {
            draft.conversion = readConversion(conversion)
        }
        libraries.append(draft)
    }

    private mutating func readSchedule(of table: ConfigurationTable) -> Schedule? {
        let wanted = "a time, a period, five fields as in crontab(5) or \"off\""
        guard let text = value("schedule", of: table, .text(wanted, example: "03:30")) else { return nil }
        do throws(ScheduleFault) {
            // What makes no difference to a schedule must not break the line that refuses it.
            return try Schedule(text.split(whereSeparator: \.isWhitespace).joined(separator: " ").escaped)
        } catch {
            refusals.append(Refusal(error, at: source(table.path + ["schedule"])))
            return nil
        }
    }

    private mutating func readIgnore(of table: ConfigurationTable) -> IgnoreFile? {
        let wanted = "a list of patterns, as lines of .stumpignore"
        guard let entries = value("ignore", of: table, .list(wanted, example: "extras/")) else { return nil }
        do throws(IgnoreFault) {
            let rules = try IgnoreFile(configured: entries)
            return rules.lines.isEmpty ? nil : rules
        } catch {
            // What an entry holds must not break the line that refuses it.
            let fault =
                if case .badEntry(let entry, let defect) = error { IgnoreFault.badEntry(entry.escaped, defect) } else {
                    error
                }
            refusals.append(Refusal(fault, at: source(table.path + ["ignore"])))
            return nil
        }
    }

    private mutating func readThumbnails(_ table: ConfigurationTable) -> ThumbnailSettings? {
        checkKeys(of: table)
        var settings = ThumbnailSettings()
        let isEnabled = value("enabled", of: table, .boolean) ?? true
        if let fit = value("fit", of: table, .fit) { settings.size = fit }
        if let scale = value("scale", of: table, .scale) { settings.size = scale }
        if let quality = value("quality", of: table, .integer(0...100, example: 75)) { settings.quality = quality }
        if let effort = value("effort", of: table, .integer(0...6, example: 2)) { settings.effort = effort }
        if table.values["fit"] != nil, table.values["scale"] != nil {
            refuse(
                at: table.path + ["scale"],
                "`library.thumbnails` has both `fit` and `scale`",
                "write one of them: `fit` is a box in pixels, `scale` a part of the page"
            )
        }
        return isEnabled ? settings : nil
    }

    private mutating func readConversion(_ table: ConfigurationTable) -> ConversionSettings {
        checkKeys(of: table)
        var settings = ConversionSettings()
        if let kinds = value("to_cbz", of: table, .words(example: ConversionSettings.Kind.cbr)) {
            settings.kinds = Set(kinds)
        }
        if let originals = value("originals", of: table, .word(example: ConversionSettings.Originals.retain)) {
            settings.originals = originals
        }
        if let retain = value("retain", of: table, .duration(example: "30d")) { settings.retain = retain }
        return settings
    }

    // MARK: Keys

    private mutating func checkKeys(of table: ConfigurationTable) {
        for key in table.values.keys where !table.section.accepted.contains(key) {
            let path = table.path + [.key(key)]
            refuse(at: path, "unknown key `\(path.name)`", table.section.remedy(forUnknown: key))
        }
    }

    private mutating func table(
        _ key: String,
        of parent: ConfigurationTable,
        as section: ConfigurationSection
    ) -> ConfigurationTable? {
        value(key, of: parent, remedy: "open the table with `\(section.header)`", accept: \.table)
            .map { ConfigurationTable(values: $0, path: parent.path + [.key(key)], section: section) }
    }

    private mutating func libraryTables(of document: ConfigurationTable) -> [ConfigurationTable] {
        let remedy = "open each library with `[[library]]`"
        var tables: [ConfigurationTable] = []
        guard let array = value("library", of: document, remedy: remedy, accept: \.array) else { return [] }
        for (index, element) in array.enumerated() {
            let path: [KeyStep] = ["library", .index(index)]
            if let table = element.table {
                tables.append(ConfigurationTable(values: table, path: path, section: .library))
            } else {
                refuse(at: path, "a library cannot be \(element.shown)", remedy)
            }
        }
        return tables
    }

    private mutating func required(_ key: String, of table: ConfigurationTable, _ rule: KeyRule<String>) -> Written? {
        guard table.values[key] != nil else {
            refuse(at: table.path, "a library has no `\(key)`", rule.remedy(for: key))
            return nil
        }
        return value(key, of: table, rule).map { Written(text: $0, source: source(table.path + [.key(key)])) }
    }

    private mutating func value<Value>(
        _ key: String,
        of table: ConfigurationTable,
        _ rule: KeyRule<Value>
    ) -> Value? {
        value(key, of: table, remedy: rule.remedy(for: key), accept: rule.accept)
    }

    /// The value of a key; `nil` where it is absent or refused.
    private mutating func value<Value>(
        _ key: String,
        of table: ConfigurationTable,
        remedy: String,
        accept: (any TOMLValueConvertible) -> Value?
    ) -> Value? {
        guard let value = table.values[key] else { return nil }
        if let accepted = accept(value) { return accepted }
        let path = table.path + [.key(key)]
        refuse(at: path, "`\(path.name)` cannot be \(value.shown)", remedy)
        return nil
    }

    // MARK: Refusals

    private mutating func refuse(at path: [KeyStep], _ what: String, _ remedy: String) {
        refusals.append(Refusal(source: source(path), what: what, remedy: remedy))
    }

    private func source(_ path: [KeyStep]) -> Refusal.Source {
        .file(file, keys.position(of: path))
    }
}

extension [KeyStep] {
    /// The path as people say it: `library.thumbnails.fit`, whichever library it is.
    fileprivate var name: String {
        compactMap { if case .key(let key) = $0 { key.escaped } else { nil } }.joined(separator: ".")
    }
}

extension TOMLValueConvertible {
    /// The value for a refusal: texts and numbers as they are, anything longer by its kind.
    fileprivate var shown: String {
        switch type {
        case .table: "a table"
        case .array: "an array"
        case .string: "\"\((string ?? "").escaped)\""
        case .int, .double, .bool: debugDescription
        case .date, .time, .dateTime: "a date or time"
        }
    }
}
