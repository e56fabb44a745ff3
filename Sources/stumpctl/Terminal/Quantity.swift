// SPDX-License-Identifier: MIT

/// Sizes, times and counts as people read them.
enum Quantity {
    /// `512 B`, `1.4 KiB`, `23 MiB`: two digits are enough to compare.
    static func bytes(_ count: Int64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        var amount = Double(count)
        var unit = 0
        while amount >= 1023.5, unit < units.count - 1 {
            amount /= 1024
            unit += 1
        }
        return "\(unit == 0 || amount >= 9.95 ? String(Int(amount.rounded())) : decimal(amount)) \(units[unit])"
    }

    /// `0.4 s`, `42 s`, `3 min 05 s`, `2 h 10 min`, `4 d 3 h`: the two largest units.
    static func seconds(_ amount: Double) -> String {
        guard amount >= 9.95 else { return "\(decimal(max(0, amount))) s" }
        let seconds = Int(amount.rounded())
        return switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: "\(seconds / 60) min \(twoDigits(seconds % 60)) s"
        case ..<86_400: "\(seconds / 3600) h \(twoDigits(seconds / 60 % 60)) min"
        default: "\(seconds / 86_400) d \(seconds / 3600 % 24) h"
        }
    }

    /// `1,234,567`.
    static func count(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// `1 book`, `2 books`.
    static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(count(number)) \(number == 1 ? one : many)"
    }

    /// One digit after the point.
    private static func decimal(_ amount: Double) -> String {
        let tenths = Int((amount * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
