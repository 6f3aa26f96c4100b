/* Many TLS 1.3 handshakes of several threads at once, as `build` and `image vhcli` make them. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "tls_front.h"
#include "transport/http.h"

/* On a mbed TLS without locks most runs of this fail. */
enum { THREADS = 8, HANDSHAKES = 100 };

struct talker {
    pthread_t thread;
    const struct ud_endpoint *endpoint;
    unsigned failures;
    char first[sizeof(((struct ud_error *)0)->message)];
};

/* A POST opens a connection of its own. */
static void talk_once(struct talker *talker, struct ud_http *http)
{
    const struct ud_http_request request = {.method = "POST", .url = "/containers/x/start"};
    struct ud_http_response response = {0};
    struct ud_error err = {0};
    if (ud_http_perform(http, &request, &response, &err) != UD_OK || response.status != 200 ||
        strcmp(response.body.data, "fine") != 0) {
        if (talker->failures++ == 0) {
            (void)snprintf(talker->first, sizeof talker->first, "%s", err.message);
        }
    }
    ud_http_response_done(&response);
}

static void *talk(void *arg)
{
    struct talker *talker = arg;
    const struct ud_http_config config = {.endpoint = talker->endpoint};
    struct ud_http *http = NULL;
    if (ud_http_new(&config, &http, NULL) != UD_OK) {
        talker->failures = HANDSHAKES;
        return NULL;
    }
    for (int i = 0; i < HANDSHAKES; i++) {
        talk_once(talker, http);
    }
    ud_http_free(http);
    return NULL;
}

static void several_threads_make_handshakes_at_once(void **state)
{
    (void)state;
    struct tls_certs certs;
    struct talker talkers[THREADS] = {0};
    struct ud_endpoint endpoint = {0};
    char text[64];
    tls_certs_make(&certs);
    const struct tls_front_options options = {
        .certs = &certs,
        .answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfine",
    };
    struct tls_front *front = tls_front_start(&options);
    (void)snprintf(text, sizeof text, "tcp://%s", tls_front_address(front));
    assert_int_equal(ud_endpoint_parse(text, true, "test", &endpoint, NULL), UD_OK);
    endpoint.tls_verify = true;
    endpoint.ca_file = tls_certs_file(&certs, "ca.pem");
    /* As in the program, the first thread is connected before there is a second. */
    struct ud_http *first = NULL;
    const struct ud_http_config config = {.endpoint = &endpoint};
    assert_int_equal(ud_http_new(&config, &first, NULL), UD_OK);
    for (size_t i = 0; i < THREADS; i++) {
        talkers[i].endpoint = &endpoint;
        assert_int_equal(pthread_create(&talkers[i].thread, NULL, talk, &talkers[i]), 0);
    }
    unsigned failures = 0;
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(talkers[i].thread, NULL), 0);
        failures += talkers[i].failures;
        if (talkers[i].failures > 0) {
            print_message("thread %zu: %u failures, the first: %s\n", i, talkers[i].failures,
                          talkers[i].first);
        }
    }
    assert_int_equal(failures, 0);
    assert_int_equal(tls_front_handshakes(front), THREADS * HANDSHAKES);
    ud_http_free(first);
    tls_front_stop(front);
    ud_endpoint_done(&endpoint);
    tls_certs_remove(&certs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_threads_make_handshakes_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
