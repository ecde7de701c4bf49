/* SPDX-License-Identifier: Apache-2.0
 *
 * The front: the models' records that no other record beats in every chosen
 * objective. Pure functions, any thread.
 *
 * a dominates b if it is at least as good in every objective and better in
 * one, by the values measured. It does so beyond noise if in one of these it is
 * surely better. Equal points dominate neither each other.
 *
 * Surely better: the two 95 % intervals do not meet. Of two times: they differ
 * as those of a variant and its base must to be called different (variants.h),
 * with the same limit; of two runs, with the larger one. Of two accuracies
 * whose predictions are known image by image, McNemar's exact test decides
 * instead (p < .05): models err on the same images, so that it tells apart what
 * intervals of each alone cannot.
 *
 * A point of the front that is surely better than another of the front in no
 * objective may not belong there. Those of the front that are told apart so
 * stand: each point that does not stand names one that does, and no more, so
 * that naming neither goes in circles nor leads from a good model to a bad one
 * in small steps.
 *
 * Accuracies over different images do not compare. With accuracy among the
 * objectives, each data set (dataset_crc32) has a front of its own, and a point
 * with fewer images than the most of its set is a subset: it is kept in the
 * list, but it takes part in nothing. Without, all points are of one set.
 */
#ifndef ASSAY_REPORTS_PARETO_H
#define ASSAY_REPORTS_PARETO_H

#include "harness/store.h"
#include "objectives.h"

#define ASSAY_NO_POINT ((size_t)-1)

struct assay_point {
    const struct assay_run *run;
    const struct assay_record *record;
    double value[ASSAY_OBJECTIVES_MAX];
    double low[ASSAY_OBJECTIVES_MAX], high[ASSAY_OBJECTIVES_MAX];
    size_t set;   /* of the front's sets */
    double limit; /* a ratio of times up to it is no difference */
    bool front;
    bool subset; /* of the images: not compared */
    /* Of a point off the front: one that dominates it, on the front and if
     * possible beyond noise; then one that stands. */
    size_t beaten_by;
    /* A point off the front that none dominates beyond noise: beaten_by. A
     * point of the front: one that stands, than which it is surely better in
     * no objective. Else ASSAY_NO_POINT: it stands, or is surely beaten. */
    size_t noise_of;
};

/* The points of one data set. */
struct assay_front_set {
    const char *dataset, *crc32; /* the records'; crc32 "": not told */
    char name[90];  /* of the data set, other than that of any other one */
    int64_t images; /* of the points that are compared; 0: not told, or no
                       matter, without accuracy */
    size_t first, n, n_front, n_subset;
};

struct assay_front {
    struct assay_point *points; /* by set, best first objective first */
    size_t n, n_front, n_subset;
    struct assay_front_set *sets; /* in the order of the records */
    size_t n_sets;
    size_t lacking; /* models' records that lack an objective */
    size_t not_ok;  /* models' records of another status than ok */
};

/* The fronts of all models' records of the runs, or, if target is given, of
 * those of that target. The runs outlive what is found. NOMEM only; no points
 * is no error, and no set. */
enum assay_status
assay_front_compute(const struct assay_run_data *const *runs, size_t n,
                    const struct assay_objective *const *objectives,
                    size_t n_objectives, const char *target,
                    struct assay_front *front);
void assay_front_free(struct assay_front *front);

/* Area that n points, both coordinates to be minimised, dominate up to the
 * reference (rx, ry): of (1,3), (2,2), (3,1) and (4,4) it is 6. Points beyond
 * the reference add nothing. NaN: no memory. */
double assay_hypervolume(const double *x, const double *y, size_t n, double rx,
                         double ry);

/* The same of one set's front of accuracy and latency: x = log10 of the latency
 * per image in ns, y = 1 - accuracy, reference: 100 ms and accuracy 0. In
 * decades of latency. False if these are not the objectives or there is no
 * point. */
bool assay_front_hypervolume(const struct assay_front *front,
                             const struct assay_front_set *set,
                             const struct assay_objective *const *objectives,
                             size_t n_objectives, double *area);

#endif
