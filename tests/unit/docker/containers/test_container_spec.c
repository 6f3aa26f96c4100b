#include "docker/containers/container.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void expect(const struct ud_container_spec *spec, const char *golden)
{
    char *json = ud_container_spec_json(spec);
    assert_string_equal(json, golden);
    free(json);
}

static void the_least_spec_names_the_image(void **state)
{
    (void)state;
    const struct ud_container_spec spec = {.name = "n", .image = "debian:12"};
    expect(&spec, "{\"Image\":\"debian:12\",\"HostConfig\":{}}");
}

static void a_full_spec_is_written_as_the_api_reads_it(void **state)
{
    (void)state;
    struct ud_container_spec spec = {
        .name = "n",
        .image = "i",
        .workdir = "/w",
        .user = "1:2",
        .network_mode = "none",
        .pid_mode = "host",
        .ipc_mode = "private",
        .stop_signal = "SIGINT",
        .hostname = "h",
        .log_driver = "none",
        .restart = "always",
        .health_s = 60,
        .memory = 5000000000,
        .nano_cpus = 1500000000,
        .pids_limit = -1,
        .privileged = true,
        .read_only_rootfs = true,
        .auto_remove = true,
        .init = true,
    };
    ud_strv_add(&spec.entrypoint, "/bin/sh");
    ud_strv_add(&spec.cmd, "-c");
    ud_strv_add(&spec.cmd, "echo \"\xc3\xa4\"\n");
    ud_strv_add(&spec.env, "A=b=c");
    ud_strv_add(&spec.labels, "k=v=w");
    ud_strv_add(&spec.labels, "empty");
    ud_strv_add(&spec.labels, "k=last");
    ud_strv_add(&spec.cap_add, "SYS_MODULE");
    ud_strv_add(&spec.cap_drop, "ALL");
    ud_strv_add(&spec.security_opt, "no-new-privileges");
    ud_strv_add(&spec.tmpfs, "/t=size=1m,mode=700");
    ud_strv_add(&spec.tmpfs, "/u");
    ud_strv_add(&spec.health, "/h");
    ud_strv_add(&spec.health, "--check");
    ud_container_spec_bind(&spec, "C:\\x", "/x", true);
    ud_container_spec_bind(&spec, "/dev", "/dev", false);
    spec.mounts[1].propagation = "rslave";
    ud_container_spec_bind(&spec, "vol", "/v", false);
    spec.mounts[2].volume = true;
    expect(&spec,
           "{\"Image\":\"i\",\"Hostname\":\"h\",\"WorkingDir\":\"/w\",\"User\":\"1:2\","
           "\"StopSignal\":\"SIGINT\",\"Entrypoint\":[\"/bin/sh\"],"
           "\"Cmd\":[\"-c\",\"echo \\\"\xc3\xa4\\\"\\n\"],\"Env\":[\"A=b=c\"],"
           "\"Labels\":{\"empty\":\"\",\"k\":\"last\"},"
           "\"Healthcheck\":{\"Test\":[\"CMD\",\"/h\",\"--check\"],"
           "\"Interval\":60000000000,\"Retries\":1},"
           "\"HostConfig\":{\"NetworkMode\":\"none\",\"PidMode\":\"host\",\"IpcMode\":\"private\","
           "\"Privileged\":true,\"ReadonlyRootfs\":true,\"AutoRemove\":true,\"Init\":true,"
           "\"CapAdd\":[\"SYS_MODULE\"],\"CapDrop\":[\"ALL\"],"
           "\"SecurityOpt\":[\"no-new-privileges\"],"
           "\"Tmpfs\":{\"/t\":\"size=1m,mode=700\",\"/u\":\"\"},"
           "\"LogConfig\":{\"Type\":\"none\"},\"RestartPolicy\":{\"Name\":\"always\"},"
           "\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"C:\\\\x\",\"Target\":\"/x\","
           "\"ReadOnly\":true},{\"Type\":\"bind\",\"Source\":\"/dev\",\"Target\":\"/dev\","
           "\"BindOptions\":{\"Propagation\":\"rslave\"}},"
           "{\"Type\":\"volume\",\"Source\":\"vol\",\"Target\":\"/v\"}],"
           "\"Memory\":5000000000,\"NanoCpus\":1500000000,\"PidsLimit\":-1}}");
    ud_container_spec_done(&spec);
    assert_null(spec.mounts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_spec_names_the_image),
        cmocka_unit_test(a_full_spec_is_written_as_the_api_reads_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
