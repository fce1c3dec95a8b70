#ifndef KV_CURL_H
#define KV_CURL_H

#include <curl/curl.h>
#include <dlfcn.h>
#include <malloc.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

// The functions of libcurl that we call, opened at run time so that a command without a request
// does not load thirty shared libraries. Their types are those of curl's own header.
#define KV_CURL_FUNCTIONS(X)                                                                       \
  X(global_init_mem) X(easy_init) X(easy_cleanup) X(easy_setopt) X(easy_getinfo) X(easy_strerror)  \
  X(slist_append) X(slist_free_all) X(multi_init) X(multi_cleanup) X(multi_add_handle)             \
  X(multi_remove_handle) X(multi_perform) X(multi_info_read) X(multi_poll) X(multi_wakeup)         \
  X(multi_setopt)

struct kv_curl {
#define X(name) __typeof__(curl_##name) *name;
  KV_CURL_FUNCTIONS(X)
#undef X
};

// Fills in every function; false if the library or one of its functions is missing.
static inline bool kv_curl_open(struct kv_curl *curl, const char *library) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) return false;
#define X(name)                                                                                    \
  if (!(*(void **)&curl->name = dlsym(handle, "curl_" #name))) return false;
  KV_CURL_FUNCTIONS(X)
#undef X
  return true;
}

// libcurl copies header lines and bodies into its own heap; these leave none behind.
static inline void kv_wiping_free(void *memory) {
  if (!memory) return;
  explicit_bzero(memory, malloc_usable_size(memory));
  free(memory);
}

static inline void *kv_wiping_realloc(void *old, size_t size) {
  if (!old) return malloc(size);
  size_t had = malloc_usable_size(old);
  if (size <= had && size > had / 2) return old;
  void *new = malloc(size ? size : 1);
  if (!new) return NULL;
  memcpy(new, old, had < size ? had : size);
  kv_wiping_free(old);
  return new;
}

static inline CURLcode kv_curl_start(const struct kv_curl *curl) {
  return curl->global_init_mem(
      CURL_GLOBAL_DEFAULT, malloc, kv_wiping_free, kv_wiping_realloc, strdup, calloc);
}

// curl_easy_setopt(), curl_easy_getinfo() and curl_multi_setopt() are variadic, which Swift cannot
// call. One shim an argument type keeps the compiler checking what we pass.
static inline CURLcode kv_set_long(
    const struct kv_curl *curl, CURL *easy, CURLoption option, long value) {
  return curl->easy_setopt(easy, option, value);
}

static inline CURLcode kv_set_size(
    const struct kv_curl *curl, CURL *easy, CURLoption option, int64_t value) {
  return curl->easy_setopt(easy, option, (curl_off_t)value);
}

static inline CURLcode kv_set_string(
    const struct kv_curl *curl, CURL *easy, CURLoption option, const char *value) {
  return curl->easy_setopt(easy, option, value);
}

static inline CURLcode kv_set_pointer(
    const struct kv_curl *curl, CURL *easy, CURLoption option, const void *value) {
  return curl->easy_setopt(easy, option, value);
}

static inline CURLcode kv_set_list(
    const struct kv_curl *curl, CURL *easy, CURLoption option, struct curl_slist *value) {
  return curl->easy_setopt(easy, option, value);
}

static inline CURLcode kv_set_callback(
    const struct kv_curl *curl, CURL *easy, CURLoption option, curl_write_callback value) {
  return curl->easy_setopt(easy, option, value);
}

static inline CURLcode kv_set_socket_callback(
    const struct kv_curl *curl, CURL *easy, CURLoption option, curl_opensocket_callback value) {
  return curl->easy_setopt(easy, option, value);
}

// The port that a connection goes to, which is a proxy's where there is one: libcurl reports it for established
// connections only.
static inline int kv_port(const struct curl_sockaddr *to) {
  switch (to->family) {
    case AF_INET: return ntohs(((const struct sockaddr_in *)&to->addr)->sin_port);
    case AF_INET6: return ntohs(((const struct sockaddr_in6 *)&to->addr)->sin6_port);
    default: return 0;
  }
}

// As libcurl itself would, and closed in programs that are started.
static inline curl_socket_t kv_open_socket(const struct curl_sockaddr *to) {
  return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static inline long kv_info_long(const struct kv_curl *curl, CURL *easy, CURLINFO info) {
  long value = 0;
  curl->easy_getinfo(easy, info, &value);
  return value;
}

static inline int64_t kv_info_size(const struct kv_curl *curl, CURL *easy, CURLINFO info) {
  curl_off_t value = 0;
  curl->easy_getinfo(easy, info, &value);
  return value;
}

// NULL where the information is not known, or this libcurl is too old for it.
static inline const char *kv_info_string(const struct kv_curl *curl, CURL *easy, CURLINFO info) {
  char *value = NULL;
  return curl->easy_getinfo(easy, info, &value) == CURLE_OK ? value : NULL;
}

static inline CURLMcode kv_multi_set_long(
    const struct kv_curl *curl, CURLM *multi, CURLMoption option, long value) {
  return curl->multi_setopt(multi, option, value);
}

// A message's union has no name that Swift could reach its result by.
static inline CURLcode kv_message_result(const CURLMsg *message) { return message->data.result; }

#endif
