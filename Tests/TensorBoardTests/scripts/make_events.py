"""Makes ../Golden/events.tfevents and picture.png: an event file of known content, written by TensorBoard's own Python code.

Needs tensorboard 2.21.0, torch 2.15.0, numpy and pillow 13: python make_events.py
EventWriterTests.swift writes the same content.
"""

from pathlib import Path

import numpy as np
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2
from tensorboard.plugins.text.summary_v2 import text_pb
from tensorboard.summary.writer.record_writer import RecordWriter
from torch.utils.tensorboard import summary

TIME = 1_700_000_000.25
golden = Path(__file__).parent.parent / "Golden"


def hparams(tag, **data):
    plugin_data = plugin_data_pb2.HParamsPluginData(**data)
    value = Summary.Value(tag=tag, metadata=metadata.create_summary_metadata(plugin_data), tensor=metadata.NULL_TENSOR)
    value.metadata.plugin_data.content = plugin_data.SerializeToString(deterministic=True)
    return Summary(value=[value])


experiment = api_pb2.Experiment(
    hparam_infos=[
        api_pb2.HParamInfo(name="learningRate", type=api_pb2.DATA_TYPE_FLOAT64),
        api_pb2.HParamInfo(name="noFlip", type=api_pb2.DATA_TYPE_BOOL),
        api_pb2.HParamInfo(name="generator", type=api_pb2.DATA_TYPE_STRING),
    ],
    metric_infos=[api_pb2.MetricInfo(name=api_pb2.MetricName(tag=tag)) for tag in ("epoch/cycleA", "epoch/cycleB")],
)
start = plugin_data_pb2.SessionStartInfo(start_time_secs=TIME)
start.hparams["learningRate"].number_value = 0.0002
start.hparams["noFlip"].bool_value = False
start.hparams["generator"].string_value = "resnet9"
end = plugin_data_pb2.SessionEndInfo(status=api_pb2.STATUS_SUCCESS, end_time_secs=TIME)

parameters = hparams(metadata.EXPERIMENT_TAG, experiment=experiment)
parameters.MergeFrom(hparams(metadata.SESSION_START_INFO_TAG, session_start_info=start))

numbers = summary.scalar("loss/cycleA", 1 / 3)
numbers.MergeFrom(summary.scalar("loss/cycleB", float("nan")))
levels = np.arange(5 * 7 * 3).reshape(5, 7, 3).astype(np.uint8)
picture = summary.image("images/AtoB", levels, dataformats="HWC")

events = [
    Event(step=0, file_version="brain.Event:2"),
    Event(step=21, session_log=SessionLog(status=SessionLog.START)),
    Event(step=0, summary=parameters),
    Event(step=20, summary=text_pb("configuration", "| setting | value |\n| --- | --- |\n| größe | 256 |")),
    Event(step=5_000_000_000, summary=summary.scalar("speed/dataWait", 0.0)),
    Event(step=21, summary=numbers),
    Event(step=300, summary=picture),
    Event(step=0, summary=hparams(metadata.SESSION_END_INFO_TAG, session_end_info=end)),
]
golden.mkdir(exist_ok=True)
with open(golden / "events.tfevents", "wb") as file:
    writer = RecordWriter(file)
    for event in events:
        event.wall_time = TIME
        writer.write(event.SerializeToString(deterministic=True))
(golden / "picture.png").write_bytes(picture.value[0].image.encoded_image_string)
