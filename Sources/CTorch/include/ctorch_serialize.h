// The zip container of PyTorch checkpoints.
#ifndef CTORCH_SERIALIZE_H
#define CTORCH_SERIALIZE_H

#endif
