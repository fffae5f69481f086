/* The sweep of tracker/candidates.py in C, for benchmarks/kernel_language.py. Nothing but the benchmark uses it. */

#include <stdint.h>
#include <stdlib.h>

#define OUT_OF_MEMORY (-1)
#define RUN 16

typedef struct { double x1, y1, x2, y2; } Box;
typedef struct { double left; int32_t box; } Edge;
typedef struct { Box box; int32_t index; } Inside;
typedef struct { int32_t row, column; double iou; } Pair;

static double least(double a, double b) { return a < b ? a : b; }
static double most(double a, double b) { return a > b ? a : b; }

static double overlap(const Box *a, const Box *b)
{
    double height = least(a->y2, b->y2) - most(a->y1, b->y1) + 1;
    if (height <= 0)
        return 0.0;
    double width = least(a->x2, b->x2) - most(a->x1, b->x1) + 1;
    if (width <= 0)
        return 0.0;
    double intersection = width * height;
    double areas = (a->x2 - a->x1 + 1) * (a->y2 - a->y1 + 1) + (b->x2 - b->x1 + 1) * (b->y2 - b->y1 + 1);
    return intersection / (areas - intersection);
}

/* The edges by ascending x, in either of the two arrays: insertion within runs, then merging. The library's qsort calls
   a function for each comparison, which numba's sort does not. */
static Edge *sorted(Edge *edges, Edge *spare, int32_t count)
{
    for (int32_t begin = 0; begin < count; begin += RUN) {
        int32_t end = begin + RUN < count ? begin + RUN : count;
        for (int32_t k = begin + 1; k < end; k++) {
            Edge edge = edges[k];
            int32_t place = k;
            for (; place > begin && edges[place - 1].left > edge.left; place--)
                edges[place] = edges[place - 1];
            edges[place] = edge;
        }
    }
    for (int32_t width = RUN; width < count; width *= 2) {
        for (int32_t begin = 0; begin < count; begin += 2 * width) {
            int32_t middle = begin + width < count ? begin + width : count;
            int32_t end = begin + 2 * width < count ? begin + 2 * width : count;
            int32_t one = begin, other = middle;
            for (int32_t k = begin; k < end; k++) {
                int take_other = one == middle || (other < end && edges[other].left < edges[one].left);
                spare[k] = edges[take_other ? other++ : one++];
            }
        }
        Edge *merged = spare;
        spare = edges;
        edges = merged;
    }
    return edges;
}

/* Pairs in any order to columns and overlaps by row and within a row by column: two passes of counting sort. */
static int by_row(const Pair *pairs, int32_t found, int32_t rows, int32_t columns, int32_t *start, int32_t *column,
                  double *iou)
{
    int32_t *place = calloc((size_t)columns + 1, sizeof *place);
    int32_t *next = malloc(((size_t)rows + 1) * sizeof *next);
    int32_t *order = malloc(((size_t)found + 1) * sizeof *order);
    int done = place && next && order;
    if (done) {
        for (int32_t k = 0; k < found; k++)
            place[pairs[k].column + 1]++;
        for (int32_t k = 0; k < columns; k++)
            place[k + 1] += place[k];
        for (int32_t k = 0; k < found; k++)
            order[place[pairs[k].column]++] = k;
        for (int32_t k = 0; k <= rows; k++)
            start[k] = 0;
        for (int32_t k = 0; k < found; k++)
            start[pairs[k].row + 1]++;
        for (int32_t k = 0; k < rows; k++)
            start[k + 1] += start[k];
        for (int32_t k = 0; k <= rows; k++)
            next[k] = start[k];
        for (int32_t k = 0; k < found; k++) {
            const Pair *pair = &pairs[order[k]];
            int32_t to = next[pair->row]++;
            column[to] = pair->column;
            iou[to] = pair->iou;
        }
    }
    free(place);
    free(next);
    free(order);
    return done;
}

/* The pairs of `rows` first boxes and the used ones of `columns` second boxes that cost less than the limit.

   start (rows + 1), column and iou (capacity each) are written where the pairs fit into the capacity. Returns how many
   pairs there are, so that a caller whose arrays were too short can come again with longer ones. */
int32_t candidates(const Box *first, int32_t rows, const Box *second, int32_t columns, const uint8_t *used,
                   double limit, int32_t *start, int32_t *column, double *iou, int32_t capacity)
{
    size_t all = (size_t)rows + (size_t)columns + 1, room = 256;
    int32_t count = 0, found = 0, result = OUT_OF_MEMORY, waiting[2] = {0, 0};
    Box *boxes = malloc(all * sizeof *boxes);
    int32_t *column_of = malloc(all * sizeof *column_of);
    Edge *edges = malloc(all * sizeof *edges), *spare = malloc(all * sizeof *spare);
    Inside *inside[2] = {malloc(all * sizeof **inside), malloc(all * sizeof **inside)};
    Pair *pairs = malloc(room * sizeof *pairs);
    if (!boxes || !column_of || !edges || !spare || !inside[0] || !inside[1] || !pairs)
        goto end;

    for (; count < rows; count++)
        boxes[count] = first[count];
    for (int32_t k = 0; k < columns; k++)
        if (used[k]) {
            column_of[count - rows] = k;
            boxes[count++] = second[k];
        }
    for (int32_t k = 0; k < count; k++)
        edges[k] = (Edge){boxes[k].x1, k};
    const Edge *order = sorted(edges, spare, count);

    for (int32_t turn = 0; turn < count; turn++) {
        int32_t entering = order[turn].box, side = entering >= rows, k = 0;
        const Box box = boxes[entering];
        Inside *other = inside[1 - side];
        int32_t left = waiting[1 - side];
        if ((size_t)(found + left) > room) {
            room = 2 * (size_t)(found + left);
            Pair *longer = realloc(pairs, room * sizeof *pairs);
            if (!longer)
                goto end;
            pairs = longer;
        }
        while (k < left) {
            if (other[k].box.x2 + 1 <= box.x1) {
                other[k] = other[--left];
                continue;
            }
            double value = overlap(&box, &other[k].box);
            if (1.0 - value < limit) {
                int32_t met = other[k].index;
                pairs[found++] = side ? (Pair){met, column_of[entering - rows], value}
                                      : (Pair){entering, column_of[met - rows], value};
            }
            k++;
        }
        waiting[1 - side] = left;
        inside[side][waiting[side]++] = (Inside){box, entering};
    }
    if (found > capacity || by_row(pairs, found, rows, columns, start, column, iou))
        result = found;
end:
    free(boxes);
    free(column_of);
    free(edges);
    free(spare);
    free(inside[0]);
    free(inside[1]);
    free(pairs);
    return result;
}

/* The same so many times: what it costs without the way into it and out again. */
int64_t repeated(const Box *first, int32_t rows, const Box *second, int32_t columns, const uint8_t *used,
                 double limit, int32_t *start, int32_t *column, double *iou, int32_t capacity, int32_t times)
{
    int64_t total = 0;
    for (int32_t k = 0; k < times; k++)
        total += candidates(first, rows, second, columns, used, limit, start, column, iou, capacity);
    return total;
}

/* The way in and out alone. */
int32_t nothing(const Box *first, int32_t rows, const Box *second, int32_t columns, const uint8_t *used, double limit,
                int32_t *start, int32_t *column, double *iou, int32_t capacity)
{
    (void)first, (void)rows, (void)second, (void)columns, (void)used, (void)limit;
    (void)start, (void)column, (void)iou;
    return capacity;
}
