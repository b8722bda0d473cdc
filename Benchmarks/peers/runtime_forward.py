"""A generator, or a layer of one, in PyTorch or an inference runtime, timed on request. See README.md for the protocol.

PyTorch 2.15.0 exports it; onnxruntime, openvino and ncnn (with pnnx, which converts for it) from PyPI run it.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from networks import input_channels, network
from pytorch_step import initialize, peak_memory


def onnx_file(network: torch.nn.Module, images: torch.Tensor, folder: Path) -> str:
    path = str(folder / "generator.onnx")
    torch.onnx.export(network, (images,), path, input_names=["images"], output_names=["translated"], dynamo=False)
    return path


def eager_session(network, images, folder, threads):
    torch.set_num_threads(threads)
    return lambda array: network(torch.from_numpy(array)).numpy()


def onnxruntime_session(network, images, folder, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(onnx_file(network, images, folder), options, providers=["CPUExecutionProvider"])
    return lambda array: session.run(None, {"images": array})[0]


def openvino_session(network, images, folder, threads):
    import openvino

    settings = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    request = openvino.compile_model(onnx_file(network, images, folder), "CPU", settings).create_infer_request()
    return lambda array: request.infer([array])[0]


def ncnn_session(network, images, folder, threads):
    import ncnn
    import pnnx

    traced = folder / "generator.pt"
    pnnx.export(network, str(traced), (images,), fp16=False)
    net = ncnn.Net()
    net.opt.num_threads = threads
    net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = net.opt.use_bf16_storage = False
    net.load_param(str(folder / "generator.ncnn.param"))
    net.load_model(str(folder / "generator.ncnn.bin"))

    def run(array):
        extractor = net.create_extractor()
        extractor.input("in0", ncnn.Mat(array[0]))
        return np.array(extractor.extract("out0")[1])[None]

    return run


SESSIONS = {"eager": eager_session, "onnxruntime": onnxruntime_session, "openvino": openvino_session, "ncnn": ncnn_session}

CLOCKS = {"forward": time.perf_counter, "processor": time.process_time}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runtime", choices=SESSIONS)
    parser.add_argument("--generator", default="resnet9", help="or a layer of networks.py")
    parser.add_argument("--ngf", type=int, default=64)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--batch-size", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    if options.runtime == "ncnn" and options.batch_size > 1:
        sys.exit("ncnn translates one image at a time; use --batch-size 1")
    torch.manual_seed(1)
    net = network(options.generator, options.ngf).apply(initialize).eval()
    channels = input_channels(options.generator, options.ngf)
    images = torch.rand(options.batch_size, channels, options.size, options.size) * 2 - 1
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        # What converters print is not part of the protocol.
        standard_output, sys.stdout = sys.stdout, sys.stderr
        run = SESSIONS[options.runtime](net, images, Path(folder), options.threads)
        array = images.numpy()
        difference = np.abs(run(array) - net(images).numpy()).max()
        sys.stdout = standard_output
        if not difference < 1e-2:
            sys.exit(f"{options.runtime} differs from PyTorch by {difference}")
    print("ready", flush=True)
    for line in sys.stdin:
        command = line.strip()
        if command in CLOCKS:
            start = CLOCKS[command]()
            with torch.no_grad():
                run(array)
            print(json.dumps(CLOCKS[command]() - start), flush=True)
        elif command == "memory":
            print(json.dumps(peak_memory()), flush=True)
        elif command == "quit":
            return
        else:
            sys.exit(f"unknown command {command!r}: send forward, processor, memory or quit")


if __name__ == "__main__":
    main()
