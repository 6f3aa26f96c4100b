/* Where HTTP requests begin and end in what a client sends, and where an answer's header ends. */
#ifndef E2E_REQUESTS_H
#define E2E_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>

enum requests_state {
    REQUESTS_HEADER,
    REQUESTS_BODY,       /* as many bytes as `left` says */
    REQUESTS_CHUNK_SIZE, /* a line */
    REQUESTS_CHUNK,      /* `left` bytes, the line end after them included */
    REQUESTS_TRAILER,    /* lines up to an empty one */
    REQUESTS_RAW         /* a hijacked connection: no more requests */
};

/* Zeroed is a good start. */
struct requests {
    enum requests_state state;
    unsigned long long left;
    char text[65536]; /* the header or line that is not complete yet */
    size_t len;
    bool answer_due; /* a request went out whose answer's header has not come */
};

/* Called with the request line ("GET /v1.41/info HTTP/1.1") of each request. */
typedef void requests_begin(void *ctx, const char *line);

/* What a client sent. False if it is no HTTP that this understands. */
bool requests_feed(struct requests *requests, const char *data, size_t len, requests_begin *begin,
                   void *ctx);

/* An answer's header, fed byte by byte as long as answer_due. */
struct answers {
    char text[65536];
    size_t len;
};

/* What the server sent. True when with these bytes the answer's header became complete, one of
 * 100 Continue not counted. */
bool answers_feed(struct answers *answers, struct requests *requests, const char *data, size_t len);

#endif
