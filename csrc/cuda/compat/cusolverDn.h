// Stands in for the header of cuSOLVER; see cublas_v2.h.

#pragma once

typedef struct cusolverDnContext* cusolverDnHandle_t;
