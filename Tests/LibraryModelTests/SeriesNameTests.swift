// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("The name of a folder tells of its series")
struct SeriesNameTests {
    @Test(arguments: [
        ("Saga", "Saga"),
        ("Saga (2012)", "Saga 2012"),
        ("Saga (2012-2018)", "Saga 2012-2018"),
        ("Saga (2012-)", "Saga 2012"),
        ("Saga (2012-present)", "Saga 2012"),
        ("Saga 2012-2018", "Saga 2012-2018"),
        ("Saga (2012-2018) [Image Comics]", "Saga 2012-2018"),
        ("[Image] Saga (2012)", "Saga 2012"),
        ("Saga (2012) {cvid-12345}", "Saga 2012"),
        ("Saga 001-054 (2012-2018) (Digital)", "Saga 2012-2018"),
        ("Saga_(2012)_(Digital)", "Saga 2012"),
        ("Batman v2 (2011-2016)", "Batman 2011-2016 v2"),
        ("Batman - Volume 2 (2011)", "Batman 2011 v2"),
        ("Batman (1940) 001-713", "Batman 1940"),
        ("Walking Dead, The (2003)", "The Walking Dead 2003"),
        ("100 Bullets", "100 Bullets"),
        ("52", "52"),
        ("52 (2006)", "52 2006"),
        ("2000AD", "2000AD"),
        ("Blade Runner 2049 (2019-2020)", "Blade Runner 2049 2019-2020"),
        ("Spider-Man 2099", "Spider-Man 2099"),
        ("No. 6", "No. 6"),
        ("20th Century Boys", "20th Century Boys"),
        ("[Oshi no Ko] (2023)", "Oshi no Ko 2023"),
        ("ワンピース 第1-10巻", "ワンピース v1-10"),
        ("ワンピース", "ワンピース"),
        ("Dune (12)", "Dune"),
        ("Dr. Strange", "Dr. Strange"),
        ("Vol. 1", "Vol. 1 v1"),
        ("1977", "1977"),
        ("", ""),
    ])
    func `a folder's name says the series, its years and its volume`(folder: String, expected: String) {
        let series = SeriesName(folder: FileName(folder))
        let years = series.startYear.map { " \($0)" + (series.endYear.map { "-\($0)" } ?? "") } ?? ""
        #expect(series.name + years + (series.volume.map { " v\($0)" } ?? "") == expected)
    }

    @Test func `a folder that only has a number leaves the name to the books`() {
        #expect(SeriesName(folder: FileName("Volume 2 (2011)")).isMerelyNumbered)
        #expect(!SeriesName(folder: FileName("52")).isMerelyNumbered)
    }
}
