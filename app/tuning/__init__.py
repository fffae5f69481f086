"""How many threads call a detector, and how many work inside one call: counted from the cores, or measured."""

from app.tuning.choosing import choose
from app.tuning.measuring import Measured, measure
from app.tuning.plans import Workload, cpu_plans, plan_cpu
from app.tuning.tuned import measure_all, noise, tune

__all__ = ["Measured", "Workload", "choose", "cpu_plans", "measure", "measure_all", "noise", "plan_cpu", "tune"]
