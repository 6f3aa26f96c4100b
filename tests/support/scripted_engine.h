/* An HTTP server in this process that plays a script: each request is matched
 * with the first unused rule of its method and path, and answered byte for
 * byte as the rule says, however wrong that is. */
#ifndef SUPPORT_SCRIPTED_ENGINE_H
#define SUPPORT_SCRIPTED_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

enum script_framing {
    SCRIPT_LENGTH, /* Content-Length, connection kept */
    SCRIPT_CHUNKED,
    SCRIPT_CLOSE, /* ends with the connection */
    SCRIPT_RAW    /* body is all of the answer, status line too; then closed */
};

struct script_rule {
    const char *method;
    const char *path;    /* the request's target has to contain it */
    int status;          /* 0: 200 */
    const char *type;    /* NULL: application/json */
    const char *headers; /* more of them, each with CRLF; may be NULL */
    const void *body;
    size_t body_len;     /* 0: strlen(body) */
    unsigned repeat;     /* the body is sent so many times; 0: once */
    const void *endless; /* after the body, again and again until the client goes */
    size_t endless_len;
    enum script_framing framing;
    size_t piece;      /* bytes for each write; 0: all at once */
    unsigned delay_ms; /* between pieces, and before the first */
    size_t cut_after;  /* close after so many bytes of the answer; 0: never */
    const char *after; /* the body waits for a request whose target contains this */
    bool drop;         /* read the request, then close without an answer */
    bool stall;        /* read the request, then say nothing until the end */
    bool stall_body;   /* the header is sent, the body never ends */
    bool echo;         /* after the body each byte that comes is sent back, until the client ends */
    bool forever;      /* the rule is never used up */
    unsigned lasts_ms; /* the rule is used up so long after its first use; 0: at once */
};

struct script_request {
    char *method;
    char *target;
    char *head; /* all header lines */
    char *body;
    size_t body_len;
    bool matched;
};

struct scripted_engine;

/* Listens as engines of this system do (a Unix socket, a named pipe), or on a free
 * port of 127.0.0.1. The rules are copied, their texts are borrowed. */
struct scripted_engine *scripted_engine_start(const struct script_rule *rules, size_t count,
                                              bool tcp);
/* "unix:///…/engine.sock", "npipe:////./pipe/…" or "tcp://127.0.0.1:port"; borrowed. */
const char *scripted_engine_endpoint(const struct scripted_engine *engine);
/* Requests so far, in the order of their arrival; valid until stop. */
size_t scripted_engine_count(struct scripted_engine *engine);
const struct script_request *scripted_engine_request(struct scripted_engine *engine, size_t i);
/* How many requests of this method contain this in their target; method NULL: any. */
size_t scripted_engine_seen(struct scripted_engine *engine, const char *method, const char *part);
void scripted_engine_stop(struct scripted_engine *engine);

#endif
