#ifndef KV_GCRYPT_H
#define KV_GCRYPT_H
#include <stddef.h>

// libgcrypt is opened at run time, so these are types of functions and no functions: there is
// nothing to link, and no libgcrypt -dev package to install. The spelling and the numbers are
// those of gcrypt.h 1.8 to 1.11 (ABI 20).

enum {
  KV_GCRY_MD_SHA1 = 2,
  KV_GCRY_MD_SHA256 = 8,
  KV_GCRY_MD_FLAG_HMAC = 2,
  KV_GCRY_STRONG_RANDOM = 1,
  KV_GCRYCTL_DISABLE_SECMEM = 37,
  KV_GCRYCTL_INITIALIZATION_FINISHED = 38,
  KV_GCRYCTL_INITIALIZATION_FINISHED_P = 39
};

typedef struct {
  size_t size;
  size_t off;
  size_t len;
  void *data;
} kv_gcry_buffer;

typedef const char *(*kv_gcry_check_version)(const char *required);
typedef unsigned int (*kv_gcry_control)(int command, ...);
typedef void (*kv_gcry_md_hash_buffer)(int algorithm, void *digest, const void *data, size_t size);
typedef unsigned int (*kv_gcry_md_hash_buffers)(int algorithm, unsigned int flags, void *digest,
                                                const kv_gcry_buffer *buffers, int count);
typedef void (*kv_gcry_randomize)(void *buffer, size_t size, int level);

// gcry_control is variadic, which Swift cannot call.
static inline unsigned int kv_gcry_command(void *function, int command) {
  return ((kv_gcry_control)function)(command, 0);
}

#endif
