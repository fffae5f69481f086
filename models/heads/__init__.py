"""Output layouts: pure functions that read them, and the table of them with the habits of their families."""

from collections.abc import Mapping
from types import MappingProxyType

from models.heads import detr, end2end, nanodet, pairs, rtdetr, yolov5, yolov8, yolox
from models.heads.layout import Candidates, Head

IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Mean and deviation of ImageNet, RGB, of pixels from 0 to 1."""
OPENMMLAB = (103.53, 116.28, 123.675), (57.375, 57.12, 58.395)
"""The same, BGR, of pixels from 0 to 255, as the OpenMMLab family has it."""
VGG = (0.48235, 0.45882, 0.40784), (1 / 255, 1 / 255, 1 / 255)
"""Mean of ImageNet as SSD's first backbone had it, RGB, of pixels from 0 to 1; the result lies on a scale of 255."""
HALF_RANGE = (127.0, 127.0, 127.0), (128.0, 128.0, 128.0)

HEADS: Mapping[str, Head] = MappingProxyType(
    {
        head.name: head
        for head in (
            Head("yolox", yolox.decode, True, "bgr", "top-left", 255, boxes="pixels"),
            Head("yolox_decoded", yolov5.decode, True, "bgr", "top-left", 255),
            Head("yolov5", yolov5.decode, True, "rgb", "centre", 1),
            Head("yolov8", yolov8.decode, True, "rgb", "centre", 1),
            Head("yolov8_corners", yolov8.decode_corners, True, "rgb", "centre", 1),
            Head("ssd_corners", yolov8.decode_corners, True, "rgb", "stretch", 1, normal=VGG),
            Head("yolov8_rows", yolov8.decode_rows, True, "rgb", "centre", 1),
            Head("yolov8_rows_corners", yolov8.decode_corner_rows, True, "rgb", "centre", 1),
            Head("rtmdet", yolov8.decode_corner_rows, True, "bgr", "top-left", 255, normal=OPENMMLAB),
            Head("picodet_decoded", yolov8.decode_corner_rows, True, "rgb", "stretch", 1, normal=IMAGENET),
            Head("yolov8_obb", yolov8.decode_oriented, True, "rgb", "centre", 1, oriented=True),
            Head("end2end", end2end.decode, False, "rgb", "centre", 1),
            Head("end2end_obb", end2end.decode_oriented, False, "rgb", "centre", 1, oriented=True),
            Head("yolov7_nms", end2end.decode_class_then_score, False, "rgb", "centre", 1),
            Head("yolo_nas_flat", end2end.decode_score_then_class, False, "bgr", "centre", 1),
            Head("yolo_nas", pairs.decode, True, "rgb", "centre", 1),
            Head("yolo_nas_nms", rtdetr.decode_counted, False, "bgr", "centre", 1),
            Head("efficient_nms", rtdetr.decode_counted, False, "rgb", "centre", 1),
            Head("damo_yolo", pairs.decode, True, "rgb", "top-left", 255),
            Head("ppyoloe_rows", pairs.decode, True, "rgb", "stretch", 1, normal=IMAGENET),
            Head("ppyoloe", pairs.decode_transposed, True, "rgb", "stretch", 1, normal=IMAGENET),
            Head("paddle", end2end.decode_class_first, False, "rgb", "stretch", 1, normal=IMAGENET),
            Head(
                "nanodet", nanodet.decode_centred, True, "bgr", "centre", 255, normal=OPENMMLAB, boxes="pixels", pad=0
            ),
            Head(
                "nanodet_plus",
                nanodet.decode_cornered,
                True,
                "bgr",
                "stretch",
                255,
                normal=OPENMMLAB,
                boxes="pixels",
            ),
            Head("picodet", nanodet.decode_centred, True, "rgb", "stretch", 1, normal=IMAGENET, boxes="pixels"),
            Head("rtdetr", rtdetr.decode, False, "rgb", "stretch", 1),
            Head("rtdetr_rows", end2end.decode_centred, False, "rgb", "stretch", 1),
            Head("rtdetr_table", detr.decode_table, False, "rgb", "stretch", 1),
            Head("rtdetr_logits", detr.decode_sigmoid, False, "rgb", "stretch", 1, boxes="fractions"),
            Head("detr_scores", pairs.decode_centred, False, "rgb", "stretch", 1, boxes="fractions"),
            Head("rfdetr", detr.decode_sigmoid, False, "rgb", "stretch", 1, normal=IMAGENET, boxes="fractions"),
            Head("detr", detr.decode_softmax, False, "rgb", "stretch", 1, normal=IMAGENET, boxes="fractions"),
            Head("mmdet", rtdetr.decode_scored_boxes, False, "bgr", "top-left", 255, normal=OPENMMLAB),
            Head("tf_ssd", rtdetr.decode_rows_first, False, "rgb", "stretch", 255, first_class=1),
            Head("onnx_ssd", rtdetr.decode, False, "rgb", "stretch", 1, normal=IMAGENET, first_class=1),
            Head(
                "torch_ssd",
                pairs.decode_background,
                True,
                "rgb",
                "stretch",
                255,
                normal=HALF_RANGE,
                first_class=1,
            ),
            Head("caffe_ssd", end2end.decode_detection_output, False, "bgr", "stretch", 255, first_class=1),
            Head("torchvision", rtdetr.decode, False, "rgb", "stretch", 1, first_class=1),
        )
    }
)
"""Every head by its name in `DetectorOptions.head`."""

__all__ = ["HEADS", "Candidates", "Head"]
