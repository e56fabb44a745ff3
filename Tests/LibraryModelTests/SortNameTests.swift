// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("Names are put on the shelf without their articles")
struct SortNameTests {
    @Test(arguments: [
        ("The Sandman", nil, "Sandman, The"),
        ("the sandman", nil, "sandman, the"),
        ("A Contract with God", nil, "Contract with God, A"),
        ("An Unkindness of Ravens", nil, "Unkindness of Ravens, An"),
        ("A + X", nil, "A + X"),
        ("A-Force", nil, "A-Force"),
        ("Saga", nil, "Saga"),
        ("100 Bullets", nil, "100 Bullets"),
        ("The 7 Deadly Sins", nil, "7 Deadly Sins, The"),
        ("The", nil, "The"),
        ("The …", nil, "The …"),
        ("Theodore", nil, "Theodore"),
        ("Les Aventures de Tintin", nil, "Aventures de Tintin, Les"),
        ("L'Incal", nil, "Incal, L'"),
        ("L’Incal", nil, "Incal, L’"),
        ("Das Boot", nil, "Boot, Das"),
        ("Die Hard", nil, "Die Hard"),
        ("Die Schlümpfe", "de", "Schlümpfe, Die"),
        ("Die Hard", "en", "Die Hard"),
        ("La Casta dei Meta-Baroni", nil, "La Casta dei Meta-Baroni"),
        ("La Casta dei Meta-Baroni", "it", "Casta dei Meta-Baroni, La"),
        ("Los Angeles", nil, "Los Angeles"),
        ("Los Tebeos", "es-ES", "Tebeos, Los"),
        ("De Kiekeboes", nil, "De Kiekeboes"),
        ("De Kiekeboes", "nl", "Kiekeboes, De"),
        ("'t Kofschip", nil, "Kofschip, 't"),
        ("O Menino Maluquinho", "pt-BR", "Menino Maluquinho, O"),
        ("O Brother", "en", "O Brother"),
        ("I Puffi", "it", "Puffi, I"),
        ("[Oshi no Ko]", nil, "Oshi no Ko"),
        ("#DRCL midnight children", nil, "DRCL midnight children"),
        ("¡Hola!", nil, "Hola!"),
        ("!!!", nil, "!!!"),
        ("", nil, ""),
    ])
    func `an article goes behind the name where it is one`(name: String, language: String?, expected: String) {
        #expect(SortName.sortName(of: name, language: language) == expected)
    }

    @Test func `numbers are in order by their value`() {
        let names = ["9 Muses", "The 10 Commandments", "52", "100 Bullets", "An Apple", "The Boys"]
        let sorted = names.reversed().sorted {
            NaturalOrder.precedes(Array(SortName.sortName(of: $0).utf8), Array(SortName.sortName(of: $1).utf8))
        }
        #expect(sorted == names)
    }
}
