// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <linux/capability.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

// Files

int clinux_statx(int directory, const char *name, int flags, struct clinux_stat *out) {
    struct statx found;
    unsigned mask = STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID;
    if (statx(directory, name, flags | AT_NO_AUTOMOUNT, mask, &found) != 0) return errno;
    *out = (struct clinux_stat){
        .device = makedev(found.stx_dev_major, found.stx_dev_minor),
        .inode = found.stx_ino,
        .size = found.stx_size,
        .mount_id = found.stx_mnt_id,
        .mode = found.stx_mode,
        .links = found.stx_nlink,
        .modified_seconds = found.stx_mtime.tv_sec,
        .modified_nanoseconds = found.stx_mtime.tv_nsec,
        .changed_seconds = found.stx_ctime.tv_sec,
        .changed_nanoseconds = found.stx_ctime.tv_nsec,
        .born_seconds = found.stx_btime.tv_sec,
        .born_nanoseconds = found.stx_btime.tv_nsec,
        .has_birth = found.stx_mask & STATX_BTIME,
        .has_mount_id = found.stx_mask & STATX_MNT_ID,
        .is_mount_root = found.stx_attributes & found.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT,
    };
    return 0;
}

int clinux_statfs(int descriptor, struct clinux_file_system *out) {
    struct statfs found;
    if (fstatfs(descriptor, &found) != 0) return errno;
    uint64_t identifier = 0;
    memcpy(&identifier, &found.f_fsid, sizeof(identifier));
    *out = (struct clinux_file_system){
        .magic = (uint32_t)found.f_type,
        .identifier = identifier,
        .kibibytes = found.f_blocks / 1024 * found.f_bsize + found.f_blocks % 1024 * found.f_bsize / 1024,
    };
    return 0;
}

int clinux_modified(int descriptor, int64_t *seconds) {
    struct stat found;
    // By the call itself: the C library asks by a path that is empty, and a filter cannot see that it is.
    if (syscall(SYS_fstat, descriptor, &found) != 0) return errno;
    *seconds = found.st_mtim.tv_sec;
    return 0;
}

int clinux_probe_writers(int descriptor) {
    if (fcntl(descriptor, F_SETLEASE, F_RDLCK) != 0) return errno;
    fcntl(descriptor, F_SETLEASE, F_UNLCK);
    return 0;
}

int64_t clinux_first_hole(int descriptor) {
    off_t hole = lseek(descriptor, 0, SEEK_HOLE);
    int64_t answer = hole < 0 ? -errno : hole;
    lseek(descriptor, 0, SEEK_SET);
    return answer;
}

int clinux_exchange(int old_directory, const char *old_name, int new_directory, const char *new_name) {
    return renameat2(old_directory, old_name, new_directory, new_name, RENAME_EXCHANGE) == 0 ? 0 : errno;
}

int clinux_rename_new(int old_directory, const char *old_name, int new_directory, const char *new_name) {
    if (renameat2(old_directory, old_name, new_directory, new_name, RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) return errno;
    if (linkat(old_directory, old_name, new_directory, new_name, 0) != 0) return errno;
    return unlinkat(old_directory, old_name, 0) == 0 ? 0 : errno;
}

int clinux_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return errno;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? 0 : errno;
}

// Timers

int clinux_make_wall_timer(void) {
    int timer = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    return timer < 0 ? -errno : timer;
}

int clinux_set_wall_timer(int timer, int64_t seconds, uint32_t nanoseconds) {
    struct itimerspec when = {.it_value = {.tv_sec = seconds, .tv_nsec = nanoseconds}};
    // Zero would stop it.
    if (seconds == 0 && nanoseconds == 0) when.it_value.tv_nsec = 1;
    return timerfd_settime(timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL) == 0 ? 0 : errno;
}

// Packets with descriptors

union control {
    struct cmsghdr header;
    char space[CMSG_SPACE(CLINUX_PACKET_DESCRIPTORS * sizeof(int))];
};

ssize_t clinux_send(int socket, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count) {
    if (descriptor_count > CLINUX_PACKET_DESCRIPTORS) return -EINVAL;
    union control control = {0};
    struct iovec vector = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    if (descriptor_count > 0) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(descriptor_count * sizeof(int));
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(descriptor_count * sizeof(int));
        memcpy(CMSG_DATA(&control.header), descriptors, descriptor_count * sizeof(int));
    }
    ssize_t sent;
    do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

ssize_t clinux_receive(int socket, void *buffer, size_t capacity, int *descriptors, size_t *descriptor_count) {
    size_t room = *descriptor_count < CLINUX_PACKET_DESCRIPTORS ? *descriptor_count : CLINUX_PACKET_DESCRIPTORS;
    *descriptor_count = 0;
    union control control = {0};
    struct iovec vector = {.iov_base = buffer, .iov_len = capacity};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    if (room > 0) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(room * sizeof(int));
    }
    ssize_t received;
    do received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (received < 0 && errno == EINTR);
    if (received < 0) return -errno;

    // The padding of CMSG_SPACE may have taken one descriptor more than there is room for.
    bool is_cut = message.msg_flags & (MSG_TRUNC | MSG_CTRUNC);
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part != NULL; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(part) + i * sizeof(int), sizeof(int));
            if (*descriptor_count < room) {
                descriptors[(*descriptor_count)++] = descriptor;
            } else {
                close(descriptor);
                is_cut = true;
            }
        }
    }
    if (!is_cut) return received;
    while (*descriptor_count > 0) close(descriptors[--*descriptor_count]);
    return -EMSGSIZE;
}

// Text

ssize_t clinux_utf8(const char *charset, const void *bytes, size_t count, void *out, size_t capacity) {
    iconv_t converter = iconv_open("UTF-8", charset);
    if (converter == (iconv_t)-1) return -1;
    char *from = (char *)bytes, *to = out;
    size_t rest = count, room = capacity;
    size_t result = iconv(converter, &from, &rest, &to, &room);
    iconv_close(converter);
    return result == (size_t)-1 ? -1 : (ssize_t)(capacity - room);
}

// Confinement of a worker

static char murmurs[256];
static size_t murmured;

static ssize_t hear(void *cookie, const char *bytes, size_t count) {
    (void)cookie;
    size_t room = sizeof(murmurs) - murmured;
    size_t kept = count < room ? count : room;
    memcpy(murmurs + murmured, bytes, kept);
    murmured += kept;
    return (ssize_t)count;
}

size_t clinux_take_murmurs(char *buffer, size_t size) {
    size_t count = murmured < size ? murmured : size;
    memcpy(buffer, murmurs, count);
    murmured = 0;
    return count;
}

void clinux_trim_memory(void) { malloc_trim(0); }

void clinux_prepare_worker(void) {
    // In the C locale libarchive yields no name for UTF-8 entries.
    setlocale(LC_CTYPE, "C.UTF-8");
    mallopt(M_ARENA_MAX, 2);
    // Archives keep local times; this reads the file that says which they are.
    tzset();
    // A file that may not grow further is an error of `write`, not an end.
    signal(SIGXFSZ, SIG_IGN);

    // libunarr tells of every damage on the standard error output, which is the journal; here it becomes a finding.
    // What libjpeg says there to poppler is heard nowhere else.
    FILE *ear = fopencookie(NULL, "w", (cookie_io_functions_t){.write = hear});
    if (ear != NULL) {
        setvbuf(ear, NULL, _IONBF, 0);
        stderr = ear;
    }

    // An open converter keeps its module in memory; a later iconv_open of the same pair then opens no file. Never
    // closed, for they are wanted as long as the process lives.
    static const char *const charsets[] = {"CP437", "SHIFT_JIS", "CP932", "WINDOWS-1252", "WINDOWS-1251", "ISO-8859-15",
                                           "EUC-JP", "EUC-KR", "BIG5", "GB18030", "UTF-16LE", "UTF-16BE"};
    for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++) {
        iconv_open("UTF-8", charsets[i]);
        iconv_open(charsets[i], "UTF-8");
    }
}

int clinux_close_descriptors(int kept) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) return errno;
    bool has_errors = fcntl(STDERR_FILENO, F_GETFD) != -1 && null != STDERR_FILENO;
    for (int standard = STDIN_FILENO; standard <= (has_errors ? STDOUT_FILENO : STDERR_FILENO); standard++) {
        if (standard != kept && standard != null && dup2(null, standard) < 0) return errno;
    }
    if (kept > STDERR_FILENO + 1 && syscall(SYS_close_range, STDERR_FILENO + 1, kept - 1, 0) != 0) return errno;
    unsigned above = (kept > STDERR_FILENO ? kept : STDERR_FILENO) + 1;
    return syscall(SYS_close_range, above, ~0U, 0) == 0 ? 0 : errno;
}

static int limit(int resource, rlim_t value) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0) return errno;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < value) value = limit.rlim_max;
    limit = (struct rlimit){.rlim_cur = value, .rlim_max = value};
    return setrlimit(resource, &limit) == 0 ? 0 : errno;
}

int clinux_limit_worker(uint64_t address_space, uint64_t file_size, uint64_t descriptors) {
    int error = limit(RLIMIT_AS, address_space);
    if (error == 0) error = limit(RLIMIT_FSIZE, file_size);
    if (error == 0) error = limit(RLIMIT_NOFILE, descriptors);
    if (error == 0) error = limit(RLIMIT_CORE, 0);
    return error;
}

int clinux_forbid_privileges(void) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    // What the daemon was given, its workers do without. Of no effect where there is nothing to give up.
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
    return syscall(SYS_capset, &header, none) == 0 ? 0 : errno;
}

// Landlock's own header is older here than the kernels this runs on, so its numbers are written out.
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

// Lets what is beneath a directory be read. One that is not there needs no rule.
static int allow_reading(int ruleset, const char *path) {
    int directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : errno;
    struct {
        uint64_t allowed;
        int32_t directory;
    } __attribute__((packed)) beneath = {.allowed = 1 << 2 | 1 << 3, .directory = directory};
    int error = syscall(SYS_landlock_add_rule, ruleset, 1, &beneath, 0) == 0 ? 0 : errno;
    close(directory);
    return error;
}

int clinux_forbid_paths(const char *const *readable, size_t count) {
    struct {
        uint64_t files, network, scopes;
    } handled = {0};
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
    if (version < 0) return errno;
    handled.files = version >= 5 ? 0xffff : version >= 3 ? 0x7fff : version == 2 ? 0x3fff : 0x1fff;
    if (version >= 4) handled.network = 3;
    if (version >= 6) handled.scopes = 3;
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof(handled), 0);
    if (ruleset < 0) return errno;
    int error = 0;
    for (size_t i = 0; i < count && error == 0; i++) error = allow_reading(ruleset, readable[i]);
    if (error == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) error = errno;
    close(ruleset);
    return error;
}

int clinux_allow_processor_time(unsigned seconds) {
    struct timespec used;
    struct rlimit limit;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0) return errno;
    if (getrlimit(RLIMIT_CPU, &limit) != 0) return errno;
    limit.rlim_cur = (rlim_t)used.tv_sec + 1 + seconds;
    return setrlimit(RLIMIT_CPU, &limit) == 0 ? 0 : errno;
}
