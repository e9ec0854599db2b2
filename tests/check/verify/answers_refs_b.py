"""References, a second set: other styles and fields, a wrong and a right one each."""
# fmt: off

from tests.check.verify.collecting import Answers

ITEMS = Answers()


def twin(wrong: str, needle: str, right: str) -> None:
    """A reference with one wrong part, and the same with the part mended."""
    assert needle in wrong, needle
    ITEMS.bad("ref", wrong, needle)
    ITEMS.ok("ref", wrong.replace(needle, right))


twin("Further reading: *Structure and Interpretation of Computer Programs*, 2nd ed., MIT Press 1996 (ISBN 0-262-51087-3).", "0-262-51087-3", "0-262-51087-1")
twin("1. Bishop, C. M. (2006). *Pattern Recognition and Machine Learning*. Springer. ISBN 978-0-387-31073-8", "978-0-387-31073-8", "978-0-387-31073-2")
twin("Published in *Science* (ISSN 0036-8057), vol. 349.", "0036-8057", "0036-8075")
twin("- **ORCID**: 0000-0001-5109-3701", "0000-0001-5109-3701", "0000-0001-5109-3700")
twin("The BERT paper is at https://arxiv.org/pdf/1810.4805.", "1810.4805", "1810.04805")
twin("He et al. (arXiv:1512.033851) introduced residual networks.", "1512.033851", "1512.03385")
twin("See cs/9914001? It is [arXiv:cs/9914001](https://arxiv.org/abs/cs/9914001).".replace("See cs/9914001? It is ", "The report is "), "arXiv:cs/9914001](https://arxiv.org/abs/cs/9914001", "arXiv:cs/9901001](https://arxiv.org/abs/cs/9901001")
twin("Shannon, C. E. (1948). A mathematical theory of communication. doi:10/j.1538-7305.1948.tb01338.x", "10/j.1538", "10.1002/j.1538")
twin("Turing's paper: https://doi.org/10.1.112/plms/s2-42.1.230", "10.1.112/plms", "10.1112/plms")
twin("Garcia, M., & Chen, L. (2033). Sparse routing in wide models. *Neural Networks*, 161, 12-25.", "2033", "2023")
twin('[7] R. Patel, "Low-noise readout," IEEE Trans. Instrum. Meas., vol. 70, pp. 1-9, 2038.', "2038", "2021")
twin("@inproceedings{k,\n  title = {Fast},\n  year = {2047},\n  doi = {10.1145/3447548}\n}", "2047", "2021")
twin("Syslog messages are defined in RFC 5425? No, in RFC 5242.".replace("RFC 5425? No, in ", ""), "RFC 5242", "RFC 5424")
twin("RFC 7518 defines JSON Web Token (JWT), a compact claims format.", "RFC 7518", "RFC 7519")
twin("Generate identifiers as UUIDs (RFC 4180).", "RFC 4180", "RFC 4122")
twin("CSV files are described in RFC 4122.", "RFC 4122", "RFC 4180")
twin("- [RFC 6455](https://www.rfc-editor.org/rfc/rfc6455): HTTP/3", "RFC 6455", "RFC 9114")
twin("Use TOTP (RFC 4226) for the second factor.", "RFC 4226", "RFC 6238")
twin("Cookies are specified in RFC 6749.", "RFC 6749", "RFC 6265")
twin("Nobody answers beyond RFC 25000 in practice.", "RFC 25000", "RFC 2500")
twin("The supplier is certified to ISO 13485:1989.", "ISO 13485:1989", "ISO 13485:2016")
twin("Functional safety of road vehicles: ISO 26262-6:2006.", "ISO 26262-6:2006", "ISO 26262-6:2018")
twin("The management system for AI is ISO/IEC 42001:2019.", "42001:2019", "42001:2023")
twin("Precision clocks are synchronised by IEEE 1588-1998.", "1588-1998", "1588-2019")
twin("The beam was designed to EN 1993-1-1:1989.", "EN 1993-1-1:1989", "EN 1993-1-1:2005")
twin("The C language is ISO/IEC 9899:1981.", "9899:1981", "9899:2018")
twin("Software life cycles follow IEC 62304:2001.", "62304:2001", "62304:2006")
twin("Concrete cylinders are tested by ASTM C39/C39M-2042.", "C39/C39M-2042", "C39/C39M-2021")
twin("Port numbers sit in IEEE Std 802.1Q-1990.", "802.1Q-1990", "802.1Q-2022")
twin("Electronic health software: BS EN 62304:2091.", "62304:2091", "62304:2006")
