"""Prints as JSON what TensorBoard reads from a folder of event files: python read_events.py FOLDER

Needs tensorboard 2.21.0. Both of its readers must agree on the steps of every tag.
"""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator as PluginEventAccumulator
from tensorboard.plugins.hparams import metadata
from tensorboard.util import tensor_util

everything = {"scalars": 0, "images": 0, "tensors": 0}
events = EventAccumulator(sys.argv[1], size_guidance=everything).Reload()
app = PluginEventAccumulator(sys.argv[1], size_guidance=everything).Reload()
tags = events.Tags()


def values(names, read, value):
    result = {}
    for tag in names:
        result[tag] = [{"step": event.step, "value": value(event)} for event in read(tag)]
        assert [event["step"] for event in result[tag]] == [event.step for event in app.Tensors(tag)], tag
    return result


content = events.PluginTagToContent("hparams")
experiment = metadata.parse_experiment_plugin_data(content[metadata.EXPERIMENT_TAG])
start = metadata.parse_session_start_info_plugin_data(content[metadata.SESSION_START_INFO_TAG])
ended = metadata.SESSION_END_INFO_TAG in content
if ended:
    assert metadata.parse_session_end_info_plugin_data(content[metadata.SESSION_END_INFO_TAG]).status == 1
texts = events.PluginTagToContent("text")
print(
    json.dumps(
        {
            "scalars": values(tags["scalars"], events.Scalars, lambda event: event.value),
            "images": values(tags["images"], events.Images, lambda event: [event.width, event.height]),
            "texts": values(texts, events.Tensors, lambda event: tensor_util.make_ndarray(event.tensor_proto).item().decode()),
            "hyperparameters": {name: str(getattr(value, value.WhichOneof("kind"))) for name, value in start.hparams.items()},
            "metrics": [info.name.tag for info in experiment.metric_infos],
            "ended": ended,
        }
    )
)
