/* The least that the work can cost: an event loop on a binary heap, and nothing of a simulation library.
 *
 * STAGES services in line, PLACES places each; people come at rate ARRIVALS a day, a visit is exponential with mean
 * one day. One array of visits is kept: person, stage, joined, started, ended. Only running is timed.
 *
 * heap_loop STAGES PLACES ARRIVALS DAYS SEED prints: completed visits, seconds of running, mean wait in days.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct { int32_t person, stage; double joined, started, ended; } Visit;
typedef struct { double time; int64_t visit; } Event; /* visit: the one that ends, or -1 for an arrival */
typedef struct { int64_t *visit; uint64_t head, tail, mask; int64_t free; } Queue;

static uint64_t state[4];

static inline uint64_t rotated(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

static inline uint64_t next(void) { /* xoshiro256++ (Blackman and Vigna 2019) */
    uint64_t result = rotated(state[0] + state[3], 23) + state[0], t = state[1] << 17;
    state[2] ^= state[0]; state[3] ^= state[1]; state[1] ^= state[2]; state[0] ^= state[3];
    state[2] ^= t; state[3] = rotated(state[3], 45);
    return result;
}

static void seed(uint64_t x) { /* splitmix64 */
    for (int i = 0; i < 4; i++) {
        uint64_t z = (x += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        state[i] = z ^ (z >> 31);
    }
}

static inline double exponential(double mean) { return -mean * log(((next() >> 11) + 1) * 0x1p-53); }

static Event *heap;
static int64_t pending;

static inline void push(double time, int64_t visit) {
    int64_t at = pending++;
    while (at > 0) {
        int64_t above = (at - 1) >> 1;
        if (heap[above].time <= time) break;
        heap[at] = heap[above];
        at = above;
    }
    heap[at] = (Event){time, visit};
}

static inline Event pop(void) {
    Event first = heap[0], last = heap[--pending];
    int64_t at = 0, below;
    while ((below = 2 * at + 1) < pending) {
        if (below + 1 < pending && heap[below + 1].time < heap[below].time) below++;
        if (heap[below].time >= last.time) break;
        heap[at] = heap[below];
        at = below;
    }
    heap[at] = last;
    return first;
}

static Visit *visits;
static int64_t visits_made, visits_room;
static Queue *queues;

static inline void start(double now, int64_t visit) {
    visits[visit].started = now;
    push(now + exponential(1.0), visit);
}

static void grow(Queue *queue) {
    uint64_t size = queue->mask + 1;
    int64_t *larger = malloc(2 * size * sizeof *larger);
    for (uint64_t i = 0; i < size; i++) larger[i] = queue->visit[(queue->head + i) & queue->mask];
    free(queue->visit);
    queue->visit = larger; queue->head = 0; queue->tail = size; queue->mask = 2 * size - 1;
}

static inline void join(double now, int32_t person, int32_t stage) {
    if (visits_made == visits_room) visits = realloc(visits, (visits_room *= 2) * sizeof *visits);
    int64_t visit = visits_made++;
    visits[visit] = (Visit){person, stage, now, -1.0, -1.0};
    Queue *queue = &queues[stage];
    if (queue->free > 0) {
        queue->free--;
        start(now, visit);
    } else {
        if (queue->tail - queue->head > queue->mask) grow(queue);
        queue->visit[queue->tail++ & queue->mask] = visit;
    }
}

static double now_in_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(int count, char **given) {
    if (count != 6) {
        fprintf(stderr, "usage: heap_loop STAGES PLACES ARRIVALS DAYS SEED\n");
        return 2;
    }
    int32_t stages = atoi(given[1]), people = 0;
    int64_t places = atoll(given[2]);
    double gap = 1.0 / atof(given[3]), end = atof(given[4]);
    seed(strtoull(given[5], NULL, 10));

    double begun = now_in_seconds();
    heap = malloc((stages * places + 2) * sizeof *heap);
    queues = calloc(stages, sizeof *queues);
    for (int32_t s = 0; s < stages; s++) {
        queues[s].visit = malloc(64 * sizeof(int64_t));
        queues[s].mask = 63;
        queues[s].free = places;
    }
    visits_room = 1024;
    visits = malloc(visits_room * sizeof *visits);
    push(exponential(gap), -1);
    for (;;) {
        Event event = pop();
        if (event.time >= end) break;
        if (event.visit < 0) {
            join(event.time, people++, 0);
            push(event.time + exponential(gap), -1);
            continue;
        }
        visits[event.visit].ended = event.time;
        int32_t person = visits[event.visit].person, stage = visits[event.visit].stage;
        Queue *queue = &queues[stage];
        if (queue->head != queue->tail) start(event.time, queue->visit[queue->head++ & queue->mask]);
        else queue->free++;
        if (stage + 1 < stages) join(event.time, person, stage + 1);
    }
    double seconds = now_in_seconds() - begun;

    int64_t done = 0;
    double waited = 0.0;
    for (int64_t v = 0; v < visits_made; v++)
        if (visits[v].ended >= 0) {
            done++;
            waited += visits[v].started - visits[v].joined;
        }
    printf("%lld %.9f %.9f\n", (long long)done, seconds, waited / done);
    return 0;
}
