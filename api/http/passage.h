/*
 * One request on its way down through dispatch (dispatch.h has the order). Internal to dispatch,
 * gate and perform, which are its three stretches.
 */
#ifndef LOFT_API_HTTP_PASSAGE_H
#define LOFT_API_HTTP_PASSAGE_H

#include "api/call.h"
#include "api/http/negotiate.h"
#include "api/http/request.h"
#include "api/service.h"

struct passage {
    struct service *service;
    struct request request;
    struct http_response *response;
    struct arena *arena;
    struct error error;
    const struct route *route;
    struct text path_params[ROUTE_SEGMENTS_MAX];
    const struct operation *op;
    const struct principal *principal;
    enum language language;
    enum media media;
    const char *body_type; /* of the operation's, the one that was sent */
    bool dry_run;
    bool answered; /* before the use case: preflight, replay */
    int64_t real_now;
    struct call call;
    void *input;
};

static inline struct text passage_header(const struct passage *passage, const char *name)
{
    return request_header(&passage->request, name);
}

#endif
