"""What a group costs: its instances, the metrics they pay for, and its alarms."""

from awsnb.aws.autoscaling.defaults import ASG
from awsnb.aws.prices import HOURS_A_MONTH, instance_usd_hour


def group_usd_month(mean_instances: float, instance_type: str, metrics: int, alarms: int) -> float:
    """Price of a group for a month, USD, us-east-1.

    Parameters
    ----------
    mean_instances : float
        Instances that are paid for, on average.
    instance_type : str
        Their type.
    metrics : int
        Metrics of each instance that are paid for: those of detailed monitoring, and custom ones.
    alarms : int
        Alarms of the group's policies.

    Returns
    -------
    float
    """
    each = instance_usd_hour(instance_type) * HOURS_A_MONTH
    each += metrics * ASG.value("monitoring", "metric_price")
    return mean_instances * each + alarms * float(ASG.value("monitoring", "alarm_price"))
