// SPDX-License-Identifier: MIT
package import LibraryModel

extension LibraryStore {
    /// What somebody or something wants done.
    package struct JobRequest: Sendable {
        package var kind: JobKind

        /// `nil` for what is no library's.
        package var library: LibraryName?
        package var scope: ScanScope
        package var options: ScanOptions
        package var trigger: JobTrigger

        /// The job that is done again.
        package var retryOf: Int64?

        /// A scan: of what somebody named a `series_scan`, of whatever may hold anything a `library_scan`.
        package init(
            library: LibraryName,
            scope: ScanScope = .library,
            options: ScanOptions = ScanOptions(),
            trigger: JobTrigger
        ) {
            kind = trigger == .user && !scope.isWholeLibrary ? .seriesScan : .libraryScan
            self.library = library
            self.scope = scope
            self.options = options
            self.trigger = trigger
        }

        /// The check of every page of a library's books, or of those in some directories.
        package static func analysis(
            of library: LibraryName,
            _ scope: ScanScope = .library,
            trigger: JobTrigger
        ) -> JobRequest {
            JobRequest(.analyzeMedia, library, scope, trigger)
        }

        /// The conversion of what people asked for and of what is due.
        package static func conversion(of library: LibraryName, trigger: JobTrigger) -> JobRequest {
            JobRequest(.conversion, library, ScanScope(), trigger)
        }

        package static func thumbnails(of library: LibraryName, trigger: JobTrigger) -> JobRequest {
            JobRequest(.thumbnailGeneration, library, ScanScope(), trigger)
        }

        /// A copy of the database.
        package static func backup(trigger: JobTrigger) -> JobRequest {
            JobRequest(.backup, nil, ScanScope(), trigger)
        }

        package static func maintenance(trigger: JobTrigger) -> JobRequest {
            JobRequest(.maintenance, nil, ScanScope(), trigger)
        }

        /// The same as a job that has ended.
        init(again job: Job) {
            kind = job.kind
            library = job.library
            scope = job.scope
            options = job.options
            trigger = .retry
            retryOf = job.id
        }

        private init(_ kind: JobKind, _ library: LibraryName?, _ scope: ScanScope, _ trigger: JobTrigger) {
            self.kind = kind
            self.library = library
            self.scope = scope
            options = ScanOptions()
            self.trigger = trigger
        }

        var lane: JobLane { JobLane(of: kind, options) }
        var priority: JobPriority { JobPriority(trigger, of: kind, scope) }
    }
}
