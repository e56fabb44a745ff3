// SPDX-License-Identifier: MIT

extension String {
    /// Of Unicode scalars, one after the other.
    ///
    /// Names are taken apart and put together again for every book, and a view of scalars that is appended to takes
    /// several times as long.
    package init(scalars: some Collection<Unicode.Scalar>) {
        self.init(unsafeUninitializedCapacity: scalars.reduce(0) { $0 + UTF8.width($1) }) { buffer in
            var count = 0
            for scalar in scalars {
                for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                    buffer[count] = byte
                    count += 1
                }
            }
            return count
        }
    }
}
