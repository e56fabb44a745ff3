// SPDX-License-Identifier: MIT

// libdispatch looks at its threads once a second, for ever, to see whether any of them is blocked and another is to be
// started in its stead. Nothing of ours blocks there: what does has a thread of its own. A daemon that has nothing to do
// must not be woken 60 times a minute for that, and libdispatch has no switch for it. Where it is linked in statically,
// as in every release, the linker is told (--wrap, in Package.swift) to have these called instead of those that begin
// with it; the same is done where the system has no /proc.

void __wrap__dispatch_workq_worker_register(void *root_queue) { (void)root_queue; }

void __wrap__dispatch_workq_worker_unregister(void *root_queue) { (void)root_queue; }
