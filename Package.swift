// swift-tools-version: 6.3
// SPDX-License-Identifier: MIT
import PackageDescription

// The map of the house: read it from the top, every target imports only what stands above it.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// Names a library of Debian's: a module map and a header that includes the library's.
///
/// Without `pkgConfig` where Debian has
/// nothing to say for it, or says what Swift's package manager takes offence at.
func system(_ name: String, pkgConfig: String? = nil, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// Names a target of ours with the settings that all of them share.
func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// Names a program, which is small and starts soon when it is released: nothing looks a symbol of it up by name, so what
/// nobody calls is left out, what is there twice is there once, and addresses are kept in the packed form that Debian 12
/// knows (glibc 2.36).
func program(_ name: String, _ dependencies: [Target.Dependency], linking: [LinkerSetting] = []) -> Target {
    let flags = ["--no-export-dynamic", "--icf=all", "-z", "pack-relative-relocs"].flatMap { ["-Xlinker", $0] }
    return .executableTarget(
        name: name,
        dependencies: dependencies,
        swiftSettings: settings,
        linkerSettings: [.unsafeFlags(["-use-ld=lld"] + flags, .when(configuration: .release))] + linking
    )
}

/// Idle is idle: see Sources/CLinux/Dispatch.c.
let idle = [
    LinkerSetting.unsafeFlags(
        ["register", "unregister"].flatMap { ["-Xlinker", "--wrap=_dispatch_workq_worker_\($0)"] }
    )
]

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["Support"], swiftSettings: settings)
}

let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "stump",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "stumpd", targets: ["stumpd"]),
        .executable(name: "stumpctl", targets: ["stumpctl"]),
        .executable(name: "stump-worker", targets: ["stump-worker"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-system.git", exact: "1.8.1"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit.git", exact: "0.6.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
    ],
    targets: [
        // Values and rules; no input, no output.
        room("LibraryModel", [systemPackage]),

        // What stumpd and stumpctl say to each other; shares no type with the model.
        room("ControlAPI", [nio, nioPosix, nioHTTP]),

        // The only C of ours: what Swift's Glibc does not show.
        .target(name: "CLinux"),

        // Libraries of Debian's. All but the last meet untrusted bytes and are linked by stump-worker alone.
        system("CArchive", pkgConfig: "libarchive", apt: "libarchive-dev"),
        system("CUnarr", pkgConfig: "libunarr", apt: "libunarr-dev"),
        system("CTurboJPEG", pkgConfig: "libturbojpeg", apt: "libturbojpeg0-dev"),
        system("CPNG", pkgConfig: "libpng", apt: "libpng-dev"),
        system("CWebP", pkgConfig: "libwebp", apt: "libwebp-dev"),
        system("CGIF", apt: "libgif-dev"),
        system("CHEIF", pkgConfig: "libheif", apt: "libheif-dev"),
        system("CJXL", apt: "libjxl-dev"),
        system("CXML", pkgConfig: "libxml-2.0", apt: "libxml2-dev"),
        system("CPoppler", pkgConfig: "poppler-glib", apt: "libpoppler-glib-dev"),
        system("CNettle", pkgConfig: "nettle", apt: "nettle-dev"),
        system("CSeccomp", pkgConfig: "libseccomp", apt: "libseccomp-dev"),
        system("CSystemd", pkgConfig: "libsystemd", apt: "libsystemd-dev"),

        // Kernel events to dirty directories, and the one way to list a directory.
        room("LibraryWatch", ["LibraryModel", "CLinux", systemPackage, logging]),

        // Catalog and queue; the only target that knows SQL.
        room("LibraryStore", ["LibraryModel", systemPackage, grdb]),

        // Jobs to records: compare, gate, read by workers, commit.
        room(
            "LibraryScan",
            ["LibraryModel", "LibraryStore", "CLinux", systemPackage, logging, lifecycle]
        ),

        // Untrusted bytes to facts and pictures, inside the sandbox; stump-worker only.
        room(
            "MediaReading",
            [
                "LibraryModel", "CLinux", "CArchive", "CUnarr", "CTurboJPEG", "CPNG", "CWebP", "CGIF", "CHEIF",
                "CJXL", "CXML", "CNettle", "CPoppler", "CSeccomp", systemPackage,
            ]
        ),

        // Puts the stages together and answers the socket.
        room(
            "StumpDaemon",
            [
                "LibraryModel", "ControlAPI", "LibraryWatch", "LibraryStore", "LibraryScan", "CLinux", "CSystemd",
                systemPackage, logging, lifecycle, signals, hummingbird, hummingbirdCore, nio,
                nioPosix, nioHTTP, toml,
            ]
        ),

        program("stumpd", ["StumpDaemon", arguments], linking: idle),
        program("stumpctl", ["ControlAPI", arguments]),
        program("stump-worker", ["MediaReading", "LibraryModel"]),

        // Temporary libraries, book builders, a clock that is moved by hand.
        .target(
            name: "Support",
            dependencies: ["LibraryModel", "CLinux", systemPackage],
            path: "Tests/Support",
            swiftSettings: settings
        ),
        tests("LibraryModelTests", ["LibraryModel", systemPackage]),
        tests("ControlAPITests", ["ControlAPI", nio, nioPosix]),
        tests("StumpctlTests", ["stumpctl", "ControlAPI", arguments]),
        tests("LibraryWatchTests", ["LibraryWatch", "LibraryModel", systemPackage, logging]),
        tests("LibraryStoreTests", ["LibraryStore", "LibraryModel", systemPackage, grdb]),
        tests(
            "LibraryScanTests",
            [
                "LibraryScan", "LibraryStore", "LibraryWatch", "LibraryModel", "CLinux", "stump-worker",
                "faulty-worker", systemPackage, logging, lifecycle, grdb,
            ]
        ),

        // Speaks as a worker does, and fails as it is told; for the tests of LibraryScan alone.
        .executableTarget(
            name: "faulty-worker",
            dependencies: ["LibraryModel", "CLinux"],
            path: "Tests/FaultyWorker",
            swiftSettings: settings
        ),
        tests(
            "MediaReadingTests",
            [
                "MediaReading", "LibraryScan", "LibraryModel", "CLinux", "CArchive", "CTurboJPEG", "CWebP",
                "stump-worker",
                "sandbox-probe", systemPackage, logging,
            ]
        ),

        // Enters a worker's sandbox and tries what must fail; for the tests of MediaReading alone.
        .executableTarget(
            name: "sandbox-probe",
            dependencies: ["MediaReading", "LibraryModel"],
            path: "Tests/SandboxProbe",
            swiftSettings: settings
        ),
        tests(
            "StumpDaemonTests",
            [
                "StumpDaemon", "ControlAPI", "LibraryModel", "LibraryWatch", "LibraryStore", "LibraryScan", "CLinux",
                "stump-worker", systemPackage, logging, nio, nioHTTP, nioEmbedded,
            ]
        ),
        tests("EndToEndTests", ["ControlAPI", "LibraryModel", "stumpd", "stumpctl", "stump-worker", systemPackage]),
    ]
)
