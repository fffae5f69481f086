"""The options of a session, whatever the device."""

import onnxruntime as ort

from models.cores import available_cores
from models.options import DetectorOptions
from models.providers import DIRECTML, Device

ERRORS_ONLY = 3
"""onnxruntime's severity 3: its warnings speak of optimisations, and every failure reaches us as an exception."""


def session_options(options: DetectorOptions, device: Device | None = None) -> ort.SessionOptions:
    """The options of a session, for any provider or for that of `device`."""
    settings = ort.SessionOptions()
    settings.log_severity_level = ERRORS_ONLY
    settings.intra_op_num_threads = options.threads or available_cores()
    settings.inter_op_num_threads = 1
    # Without it a batch of 8 of yolox_nano costs a quarter more CPU time: the system clears 12,500 pages a run.
    settings.enable_cpu_mem_arena = options.arena
    # yolox_nano, 2 cores, one caller, 2 threads: spinning takes 12 ms a frame on an idle machine (15 without), but 107
    # (47 without) and twice the CPU time where other processes want the cores as well, as they do in a service.
    settings.add_session_config_entry("session.intra_op.allow_spinning", str(int(options.spin)))
    if device is not None:
        # Asked by `_left_to_cpu`; older versions know nothing of it and pass over it.
        settings.add_session_config_entry("session.record_ep_graph_assignment_info", "1")
        # DirectML supports no memory patterns, and refuses a session that has them.
        settings.enable_mem_pattern = device.provider != DIRECTML
    return settings
