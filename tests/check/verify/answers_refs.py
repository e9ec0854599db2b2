"""References as a language model writes them, a wrong and a right one each: identifiers, years, RFCs beside their names, editions."""
# fmt: off

from tests.check.verify.collecting import Answers

ITEMS = Answers()
bad, ok = ITEMS.bad, ITEMS.ok


def b(text: str, needle: str) -> None:
    bad("ref", text, needle)


def o(text: str) -> None:
    ok("ref", text)


# ISBN, ISSN, ORCID
b("Knuth, D. E. *The Art of Computer Programming, Vol. 1*, Addison-Wesley, 1997. ISBN-13: 978-0-201-89683-5.", "978-0-201-89683-5")
o("Knuth, D. E. *The Art of Computer Programming, Vol. 1*, Addison-Wesley, 1997. ISBN-13: 978-0-201-89683-1.")
b("See the book by Goodfellow et al. (ISBN 9780262035618).", "9780262035618")
o("See the book by Goodfellow et al. (ISBN 9780262035613).")
b("@book{clrs,\n  title = {Introduction to Algorithms},\n  year = {2009},\n  isbn = {978-0-262-03384-7}\n}", "978-0-262-03384-7")
o("@book{clrs,\n  title = {Introduction to Algorithms},\n  year = {2009},\n  isbn = {978-0-262-03384-8}\n}")
b("**ISBN-10:** 0-13-110362-9 (The C Programming Language)", "0-13-110362-9")
o("**ISBN-10:** 0-13-110362-8 (The C Programming Language)")
b("The journal Nature has the ISSN 0028-0837 in print.", "0028-0837")
o("The journal Nature has the ISSN 0028-0836 in print.")
b("eISSN: 1476-4688 (online)", "1476-4688")
o("eISSN: 1476-4687 (online)")
b("Josiah Carberry ([ORCID](https://orcid.org/0000-0002-1825-0098)) is fictional.", "0000-0002-1825-0098")
o("Josiah Carberry ([ORCID](https://orcid.org/0000-0002-1825-0097)) is fictional.")
# arXiv
b("Vaswani et al., [Attention Is All You Need](https://arxiv.org/abs/1713.03762).", "1713.03762")
o("Vaswani et al., [Attention Is All You Need](https://arxiv.org/abs/1706.03762).")
b("@misc{x, eprint={2305.123456}, archivePrefix={arXiv}}", "2305.123456")
o("@misc{x, eprint={2305.12345}, archivePrefix={arXiv}}")
b("The preprint is arXiv:2906.01234 [cs.CL].", "2906.01234")
o("The preprint is arXiv:2406.01234 [cs.CL].")
b("D. Bahdanau et al., arXiv preprint arXiv:1409.04730, 2014.", "1409.04730")
o("D. Bahdanau et al., arXiv preprint arXiv:1409.0473, 2014.")
b("See arXiv:hep-th/9913001 for the original.", "hep-th/9913001")
o("See arXiv:hep-th/9711200 for the original.")
# DOI
b("LeCun, Y., Bengio, Y., & Hinton, G. (2015). Deep learning. *Nature*, 521, 436-444. https://doi.org/11.1038/nature14539", "11.1038/nature14539")
o("LeCun, Y., Bengio, Y., & Hinton, G. (2015). Deep learning. *Nature*, 521, 436-444. https://doi.org/10.1038/nature14539")
b("DOI: 10.12/abc.2020", "10.12/abc.2020")
o("DOI: 10.1145/3292500.3330701")
b("@article{s, doi = {10.1000}, year = {2019}}", "10.1000")
o("@article{s, doi = {10.1000/182}, year = {2019}}")
# years
b("Smith, J. (2031). Learning with less. *Journal of Machine Learning Research*, 22(4), 1-30.", "2031")
o("Smith, J. (2021). Learning with less. *Journal of Machine Learning Research*, 22(4), 1-30.")
b("[3] A. Kumar and B. Lee, \"Fast joins,\" in Proc. VLDB, vol. 14, pp. 100-112, 2041.", "2041")
o("[3] A. Kumar and B. Lee, \"Fast joins,\" in Proc. VLDB, vol. 14, pp. 100-112, 2021.")
# RFC
b("HTTP semantics are defined in RFC 99110.", "RFC 99110")
o("HTTP semantics are defined in RFC 9110.")
b("TLS 1.3 is specified in RFC 5246.", "RFC 5246")
o("TLS 1.3 is specified in RFC 8446, which obsoletes RFC 5246.")
b("JSON Web Tokens (RFC 7159) carry claims.", "RFC 7159")
o("JSON Web Tokens (RFC 7519) carry claims.")
b("The WebSocket protocol is RFC 6544.", "RFC 6544")
o("The WebSocket protocol is RFC 6455.")
b("OAuth 2.0 ([RFC 6479](https://www.rfc-editor.org/rfc/rfc6479)) delegates access.", "6479")
o("OAuth 2.0 ([RFC 6749](https://www.rfc-editor.org/rfc/rfc6749)) delegates access.")
b("| RFC 793 | User Datagram Protocol |", "RFC 793")
o("| RFC 768 | User Datagram Protocol |")
# standards
b("Quality management follows ISO 9001:1975.", "ISO 9001:1975")
o("Quality management follows ISO 9001:2015.")
b("Information security is ISO/IEC 27001:1995.", "27001:1995")
o("Information security is ISO/IEC 27001:2022.")
b("Floating point is IEEE 754-1975.", "IEEE 754-1975")
o("Floating point is IEEE 754-2019.")
b("Wi-Fi is IEEE Std 802.11-1987.", "802.11-1987")
o("Wi-Fi is IEEE Std 802.11-2020.")
b("C++20 is ISO/IEC 14882:2031.", "14882:2031")
o("C++20 is ISO/IEC 14882:2020.")
b("Dates are written as in ISO 8601:1979.", "ISO 8601:1979")
o("Dates are written as in ISO 8601:2019 or ISO 8601-1:2019.")
b("Tensile testing of metals is ISO 6892-1:2036.", "6892-1:2036")
o("Tensile testing of metals is ISO 6892-1:2019.")
b("Compression tests follow ASTM C39-2039.", "C39-2039")
o("Compression tests follow ASTM C39-21 and ASTM C39/C39M-21.")
