"""How the bundled detector `demo` was made, so that anybody can make it again.

The detector is a small anchor-free convolutional network of this project's own, trained on nothing but frames of
the synthetic demo camera (`app.sources.demo`) and for nothing else. Install the extra `train` (PyTorch and onnx),
then, from the root of the repository:

    python -m training.train --out models/weights/demo.onnx
    python -m training.evaluate models/weights/demo.onnx

The first command renders the training streets into memory, trains, writes the ONNX file and prints the average
precision on streets that were held out; the second measures an ONNX file with onnxruntime alone: average precision at
an overlap of 0.5 (AP50) per class, HOTA with the project's tracker, and the time per frame.

Modules: `scenes` renders and varies frames; `network` is the architecture; `assignment` and `loss` say what it learns;
`train` is the loop; `export` writes ONNX; `evaluate` and `precision` measure.
"""
