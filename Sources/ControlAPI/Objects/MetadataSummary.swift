// SPDX-License-Identifier: MIT

/// What a book or a series tells of itself; an absent fact is null, an absent list empty.
package struct MetadataSummary: Codable, Equatable, Sendable {
    @Nullable package var title: String?
    @Nullable package var sortTitle: String?
    @Nullable package var series: String?
    /// Text, for there are `1.5` and `12a`.
    @Nullable package var number: String?
    @Nullable package var numberSort: Double?
    @Nullable package var count: Int?
    @Nullable package var volume: Int?
    @Nullable package var summary: String?
    @Nullable package var notes: String?
    @Nullable package var year: Int?
    @Nullable package var month: Int?
    @Nullable package var day: Int?
    package var writers: [String] = []
    package var pencillers: [String] = []
    package var inkers: [String] = []
    package var colorists: [String] = []
    package var letterers: [String] = []
    package var coverArtists: [String] = []
    package var editors: [String] = []
    package var translators: [String] = []
    @Nullable package var publisher: String?
    @Nullable package var imprint: String?
    package var genres: [String] = []
    package var tags: [String] = []
    package var characters: [String] = []
    package var teams: [String] = []
    package var locations: [String] = []
    package var storyArcs: [String] = []
    @Nullable package var language: String?
    @Nullable package var ageRating: String?
    /// `yes`, `no` or `right_to_left`.
    @Nullable package var manga: String?
    @Nullable package var format: String?
    @Nullable package var isbn: String?
    package var identifiers: [String] = []
    package var links: [String] = []
    @Nullable package var communityRating: Double?
    @Nullable package var pageCount: Int?
    /// Where each field was found, such as `"title": "comicinfo"`.
    package var sources: [String: String] = [:]

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case title
        case sortTitle = "sort_title"
        case series
        case number
        case numberSort = "number_sort"
        case count
        case volume
        case summary
        case notes
        case year
        case month
        case day
        case writers
        case pencillers
        case inkers
        case colorists
        case letterers
        case coverArtists = "cover_artists"
        case editors
        case translators
        case publisher
        case imprint
        case genres
        case tags
        case characters
        case teams
        case locations
        case storyArcs = "story_arcs"
        case language
        case ageRating = "age_rating"
        case manga
        case format
        case isbn
        case identifiers
        case links
        case communityRating = "community_rating"
        case pageCount = "page_count"
        case sources
    }
}
