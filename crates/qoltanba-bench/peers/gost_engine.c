/* Signs and verifies a fixed digest through OpenSSL's engine "gost": the best of ten batches of a
 * tenth of a second.
 * Usage: gost_engine ALGORITHM PARAMSET DIGEST_LENGTH; prints "sign_per_s verify_per_s". */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/engine.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void need(int ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "gost_engine: %s\n", what);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    need(argc == 4, "three arguments");
    size_t length = (size_t)atoi(argv[3]);
    unsigned char digest[64], signature[128];
    memset(digest, 0x5a, sizeof digest);

    ENGINE_load_builtin_engines();
    ENGINE *engine = ENGINE_by_id("gost");
    need(engine != NULL && ENGINE_init(engine), "no engine");
    need(ENGINE_set_default(engine, ENGINE_METHOD_ALL), "engine not usable");

    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *generator = EVP_PKEY_CTX_new_id(OBJ_txt2nid(argv[1]), engine);
    need(generator != NULL && EVP_PKEY_keygen_init(generator) > 0, "no such algorithm");
    need(EVP_PKEY_CTX_ctrl_str(generator, "paramset", argv[2]) > 0, "no such parameter set");
    need(EVP_PKEY_keygen(generator, &key) > 0, "no key");

    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, engine);
    size_t size = sizeof signature;
    double signed_per_s = 0, verified_per_s = 0;
    need(context != NULL && EVP_PKEY_sign_init(context) > 0, "cannot sign");
    for (int batch = 0; batch < 10; batch++) {
        long count = 0;
        double start = now(), elapsed;
        do {
            for (int i = 0; i < 8; i++, count++) {
                size = sizeof signature;
                need(EVP_PKEY_sign(context, signature, &size, digest, length) > 0, "not signed");
            }
            elapsed = now() - start;
        } while (elapsed < 0.1);
        if ((double)count / elapsed > signed_per_s)
            signed_per_s = (double)count / elapsed;
    }

    need(EVP_PKEY_verify_init(context) > 0, "cannot verify");
    for (int batch = 0; batch < 10; batch++) {
        long count = 0;
        double start = now(), elapsed;
        do {
            for (int i = 0; i < 8; i++, count++)
                need(EVP_PKEY_verify(context, signature, size, digest, length) > 0, "mismatch");
            elapsed = now() - start;
        } while (elapsed < 0.1);
        if ((double)count / elapsed > verified_per_s)
            verified_per_s = (double)count / elapsed;
    }
    printf("%.1f %.1f\n", signed_per_s, verified_per_s);
    return 0;
}
