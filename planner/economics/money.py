"""Discounting, capital charges and residual values (formulation §1).

Money is real and in the unit of the price given; years are months / 12.
"""

MUSD = 1e-6
"""One USD in MUSD."""
USD_PER_MUSD = 1e6


def discount_factor(yearly_rate: float, years: float) -> float:
    """Return the present value of 1 paid ``years`` after the horizon's start."""
    return float((1 + yearly_rate) ** -years)


def residual_share(age_years: float, lifetime_years: float) -> float:
    """Return the share of a price left at an age, in a straight line, >= 0."""
    return max(0.0, 1 - age_years / lifetime_years)


def capital_charge(
    price: float,
    last_price: float,
    *,
    paid_years: float,
    end_years: float,
    lifetime_years: float,
    yearly_rate: float,
) -> float:
    """Return the present cost of a purchase less its residual value.

        price·d(τ_t) − min(price, last)·max(0, 1 − (τ_T − τ_t)/lifetime)·d(τ_T)

    Args:
        price: Price when it is paid.
        last_price: Price of the same in the last period.
        paid_years: τ_t, years from the horizon's start to the payment.
        end_years: τ_T, years from the horizon's start to its end.
        lifetime_years: Years in service.
        yearly_rate: Discount rate per year.

    Returns:
        The charge in the price's unit; above 0 for a price above 0.
    """
    residual = residual_value(
        price,
        last_price,
        paid_years=paid_years,
        end_years=end_years,
        lifetime_years=lifetime_years,
        yearly_rate=yearly_rate,
    )
    return price * discount_factor(yearly_rate, paid_years) - residual


def residual_value(
    price: float,
    last_price: float,
    *,
    paid_years: float,
    end_years: float,
    lifetime_years: float,
    yearly_rate: float,
) -> float:
    """Return the present value of what a purchase is worth at the end."""
    share = residual_share(end_years - paid_years, lifetime_years)
    end = discount_factor(yearly_rate, end_years)
    return min(price, last_price) * share * end
