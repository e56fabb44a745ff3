// SPDX-License-Identifier: MIT
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// What Swift's Glibc does not show of Linux. Unless a comment says otherwise, a function answers 0 or an errno.

// Files

struct clinux_stat {
    uint64_t device;
    uint64_t inode;
    uint64_t size;
    uint64_t mount_id;
    uint32_t mode;
    uint32_t links;
    int64_t modified_seconds;
    int64_t changed_seconds;
    int64_t born_seconds;
    uint32_t modified_nanoseconds;
    uint32_t changed_nanoseconds;
    uint32_t born_nanoseconds;
    bool has_birth;       // the file system keeps the time of birth
    bool has_mount_id;    // Linux 5.8
    bool is_mount_root;
};

enum { CLINUX_EMPTY_PATH = 0x1000 };  // AT_EMPTY_PATH: the descriptor itself

/// Flags are AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH and the like; nothing is mounted by looking (AT_NO_AUTOMOUNT).
int clinux_statx(int directory, const char *name, int flags, struct clinux_stat *out);

struct clinux_file_system {
    uint64_t magic;         // statfs' f_type
    uint64_t identifier;    // statfs' f_fsid as one number; 0 where the file system has none
    uint64_t kibibytes;     // its whole size
};

/// What file system an open file lies on.
int clinux_statfs(int descriptor, struct clinux_file_system *out);

/// When an open file was last modified, in seconds since 1970. Answers 0 or an errno.
int clinux_modified(int descriptor, int64_t *seconds);

/// Asks whether anybody on this machine has an open file open for writing, or mapped so: takes a read lease and gives it
/// back at once. Answers 0 where nobody has, EAGAIN where somebody has, and any other errno where that cannot be known
/// (EACCES: another's file, without CAP_LEASE). SIGIO must be ignored: who opens the file meanwhile breaks the lease.
int clinux_probe_writers(int descriptor);

/// The offset of the first hole of an open file, its size where it has none. Answers -errno where the file system does
/// not tell. Moves the descriptor's position to the start.
int64_t clinux_first_hole(int descriptor);

/// Exchanges two entries in one step (RENAME_EXCHANGE).
int clinux_exchange(int old_directory, const char *old_name, int new_directory, const char *new_name);

/// Renames an entry to a name that is free; EEXIST where it is not. Where the file system does not know how
/// (RENAME_NOREPLACE), it is linked to the new name and unlinked from the old one.
int clinux_rename_new(int old_directory, const char *old_name, int new_directory, const char *new_name);

enum { CLINUX_PATH = 010000000 };  // O_PATH: a descriptor that names a file and opens nothing

/// Raises the soft limit on open descriptors to the hard one.
int clinux_raise_descriptor_limit(void);

// Timers

/// Makes a timer of the wall clock. Answers a descriptor that can be read once it has rung, or -errno.
int clinux_make_wall_timer(void);

/// Has it ring at an instant since 1970, at once where that has passed, and whenever the clock is set until then.
/// ECANCELED says that the clock was set since the last call; it is wound all the same.
int clinux_set_wall_timer(int timer, int64_t seconds, uint32_t nanoseconds);

// Packets with descriptors

enum { CLINUX_PACKET_DESCRIPTORS = 253 };  // SCM_MAX_FD

/// Sends one packet. Answers the bytes sent, or -errno; EINTR is tried again, SIGPIPE never raised.
ssize_t clinux_send(int socket, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count);

/// Waits for one packet. Answers its length, 0 at the end, or -errno; EINTR is tried again.
///
/// `descriptor_count` is the capacity of `descriptors` on the way in (at most CLINUX_PACKET_DESCRIPTORS is used) and
/// the number received on the way out; they are closed on exec. A packet that was cut is EMSGSIZE, its descriptors
/// closed.
ssize_t clinux_receive(int socket, void *buffer, size_t capacity, int *descriptors, size_t *descriptor_count);

/// CLONE_THREAD, which the C library shows only with _GNU_SOURCE.
enum { CLINUX_CLONE_THREAD = 0x00010000 };

// Text

/// Converts bytes of another charset. Answers the length of the text, or -1 where they are not of that charset or `out`
/// is too small.
ssize_t clinux_utf8(const char *charset, const void *bytes, size_t count, void *out, size_t capacity);

// Confinement of a worker; in the order of use, by the only thread there is

/// Loads what the sandbox would keep from being loaded: the UTF-8 locale, the time zone, and the converters that XML
/// documents and archives may ask for. Ignores SIGXFSZ. Bounds the arenas of malloc, and has the C library's `stderr` lead nowhere.
void clinux_prepare_worker(void);

/// Takes the beginning of what libraries have printed to `stderr` since it was last taken, in a prepared worker; answers
/// how many bytes. For one thread.
size_t clinux_take_murmurs(char *buffer, size_t size);

/// Points descriptors 0 and 1 at /dev/null (and 2, where it is closed), and closes every other but `kept`.
int clinux_close_descriptors(int kept);

/// Bounds address space and size of written files in bytes, and the number of descriptors; forbids core dumps.
int clinux_limit_worker(uint64_t address_space, uint64_t file_size, uint64_t descriptors);

/// Gives up every capability, and every way to get one.
int clinux_forbid_privileges(void);

/// Forbids every access to the file system by path but to read beneath `count` directories, TCP, and signals and abstract sockets beyond this process, as far
/// as the kernel knows them; ENOSYS or EOPNOTSUPP without Landlock.
int clinux_forbid_paths(const char *const *readable, size_t count);

/// Lets the process use `seconds` more of processor time before SIGXCPU ends it.
int clinux_allow_processor_time(unsigned seconds);

// Memory

/// Gives the pages back to the system that nothing allocated lies in.
void clinux_trim_memory(void);
