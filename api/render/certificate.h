/* The paper of a certificate: one page, A4. */
#ifndef LOFT_API_RENDER_CERTIFICATE_H
#define LOFT_API_RENDER_CERTIFICATE_H

#include "api/contract/contract.h"
#include "domain/smart/certificate.h"

struct certificate_paper {
    const struct certificate *certificate;
    enum language language;
    const char *verify_url;
};

/* The bytes are on the arena and the same for the same paper. False, with a log line, when it cannot
 * be made. */
bool certificate_render(const struct certificate_paper *paper, struct arena *arena,
                        struct bytes *ret_bytes);

#endif
