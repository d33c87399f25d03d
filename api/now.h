/*
 * The clocks of this machine, in microseconds. Rules never read them: they get the business clock
 * of their request (struct call), which a sandbox may set.
 */
#ifndef LOFT_API_NOW_H
#define LOFT_API_NOW_H

#include <stdint.h>
#include <time.h>

static inline int64_t now_on(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Since the Unix epoch: tokens, logs, background work. */
static inline int64_t now_real(void)
{
    return now_on(CLOCK_REALTIME);
}

/* Never goes back: durations, rates, deadlines of our own. */
static inline int64_t now_monotonic(void)
{
    return now_on(CLOCK_MONOTONIC);
}

#endif
