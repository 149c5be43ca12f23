// Stands in for the header of cuBLAS, of which libtorch's headers only need the
// type of a handle. Used where the CUDA toolkit's is not there.

#pragma once

typedef struct cublasContext* cublasHandle_t;
