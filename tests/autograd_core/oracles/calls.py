"""Calls of NumPy and SciPy with their keywords, and what JAX makes of them: ``calls.npz``.

A line of calls is read once with NumPy's names and once with JAX's. ``python
tests/autograd_core/oracles/calls.py`` computes the file anew, with JAX; it holds the value, the
gradient and the tangent of every call along fixed random directions.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from autograd_core.tree import flatten

STORED = Path(__file__).with_name("calls.npz")
RNG = np.random.default_rng(1)
ARGUMENTS = {
    "x": np.array([0.31, 0.73, 0.58]),
    "y": np.array([0.45, 0.22, 0.84]),
    "n": np.array([0.31, np.nan, 0.58]),
    "s": np.array(1.3),
    "M": np.array([[2.0, 0.3, -0.4], [0.1, 1.5, 0.6], [-0.7, 0.2, 1.2]]),
    "N": RNG.normal(size=(3, 3)),
    "S": np.array([[2.5, 0.3, -0.4], [0.3, 1.9, 0.6], [-0.4, 0.6, 3.2]]),
    "R": RNG.normal(size=(4, 3)),
    "T": RNG.normal(size=(2, 3, 4)),
    "P": np.array([1.0, -3.0, 0.5]),
    "z": np.array([0.3 + 0.4j, -0.7 + 0.1j, 0.2 - 0.9j]),
    "Z": RNG.normal(size=(3, 3)) + 1j * RNG.normal(size=(3, 3)) + 2 * np.eye(3),
}
CONSTANTS = {"I": np.array([0, 2, 1, 2]), "B": np.array([True, False, True])}

CALLS = """
np.add(x, y); np.subtract(x, M); np.multiply(M, y); np.divide(x, y); np.true_divide(M, y)
np.negative(x); np.positive(x); np.power(x, y); np.power(x, 3); np.power(M, 2); np.float_power(x, y)
np.pow(x, y); np.mod(M, y); np.remainder(x, y); np.fmod(x * 5, y); np.absolute(M); np.abs(z)
np.fabs(M); np.reciprocal(x); np.square(z); np.sqrt(x); np.sqrt(z); np.cbrt(x); np.exp(z)
np.exp2(x); np.expm1(x); np.log(x); np.log(z); np.log2(x); np.log10(x); np.log1p(x)
np.logaddexp(x, y); np.logaddexp2(x, y); np.sin(z); np.cos(z); np.tan(x); np.arcsin(x); np.arccos(x)
np.arctan(x); np.arctan2(x, y); np.hypot(x, y); np.sinh(z); np.cosh(x); np.tanh(z); np.arcsinh(x)
np.arccosh(x + 1); np.arctanh(x); np.asin(x); np.acos(x); np.atan(x); np.atan2(x, y); np.asinh(x)
np.acosh(x + 1); np.atanh(x); np.degrees(x); np.radians(x); np.deg2rad(x); np.rad2deg(x)
np.maximum(x, y); np.minimum(x, y); np.fmax(x, y); np.fmin(x, y); np.heaviside(x - 0.4, 0.5)
np.copysign(x, -y); np.ldexp(x, I[:3]); np.rint(x * 3); np.floor(x * 3); np.ceil(x * 3); np.trunc(x)
np.sign(M); np.floor_divide(x * 7, y); np.conjugate(z); np.conj(z); np.matmul(M, N); np.matmul(x, M)
np.matmul(T, R[:, :2]); np.vecdot(M, N); np.linalg.vecdot(M, N, axis=0); np.matvec(M, x)
np.vecmat(x, M)
np.divmod(x * 5, y)[1]; np.modf(M)[0]; np.sinc(M); np.i0(x); np.angle(z); np.real(z); np.imag(z)
np.sum(T); np.sum(T, axis=1); np.sum(T, axis=(0, -1), keepdims=True); np.sum(T, where=T > 0)
np.sum(x, initial=2.0); np.prod(x); np.prod(T, axis=1); np.prod(T, axis=(0, 2), keepdims=True)
np.mean(T); np.mean(T, axis=(0, 2)); np.mean(T, axis=-1, keepdims=True); np.mean(x, where=B)
np.std(T); np.std(T, axis=1, ddof=1); np.var(T, axis=(0, 2))
np.var(T, axis=-1, ddof=1, keepdims=True); np.var(z); np.std(T, axis=1, correction=1)
np.max(T, axis=1); np.min(T, axis=(0, 2)); np.amax(T); np.amin(T, axis=-1, keepdims=True)
np.max(x, initial=0.6); np.max(T, where=T < 1, initial=-3); np.ptp(T, axis=1); np.cumsum(T, axis=1)
np.cumsum(M); np.cumprod(T, axis=-1); np.cumprod(x); np.cumulative_sum(x)
np.cumulative_sum(M, axis=1, include_initial=True); np.cumulative_prod(x)
np.cumulative_prod(M, axis=0, include_initial=True); np.average(x, weights=y)
np.average(M, axis=0, weights=y); np.average(M, axis=1); np.median(x); np.median(T, axis=1)
np.median(T, axis=(0, 2), keepdims=True); np.quantile(x, 0.3); np.quantile(T, 0.35, axis=2)
np.quantile(x, np.array([0.2, 0.9])); np.percentile(T, 40.0, axis=(0, 1))
np.quantile(x, 0.3, method="lower"); np.quantile(x, 0.3, method="midpoint"); np.nansum(n)
np.nanprod(n); np.nanmean(n); np.nanstd(n); np.nanvar(n, ddof=1); np.nanmax(n); np.nanmin(n)
np.nanmedian(n); np.nanquantile(n, 0.3); np.nanpercentile(n, 30.0); np.nancumsum(n)
np.nancumprod(n); np.nansum(T, axis=1); np.nanmean(T, axis=(0, 1), keepdims=True); np.trapezoid(x)
np.trapezoid(x, y * 2); np.trapezoid(T, dx=0.3, axis=1); np.reshape(T, (6, 4))
np.reshape(T, (4, -1), order="F"); np.ravel(T); np.ravel(T, order="F"); np.squeeze(T[:1], 0)
np.expand_dims(x, 1); np.expand_dims(M, (0, 2)); np.transpose(T); np.transpose(T, (1, 2, 0))
np.permute_dims(T, (1, 2, 0)); np.matrix_transpose(T); np.swapaxes(T, 0, -1); np.moveaxis(T, 0, -1)
np.moveaxis(T, (0, 1), (-1, 0)); np.rollaxis(T, 2); np.roll(T, 2); np.roll(T, (1, -2), axis=(0, 2))
np.rot90(M); np.rot90(T, -1, (1, 2)); np.flip(T); np.flip(T, (0, 2)); np.fliplr(M); np.flipud(M)
np.repeat(x, 2); np.repeat(T, 3, axis=1)
np.repeat(x, I[1:], total_repeat_length=5) if np.__name__ != "numpy" else np.repeat(x, I[1:])
np.tile(x, 3); np.tile(M, (2, 1, 2)); np.broadcast_to(x, (2, 3)); np.broadcast_arrays(x, M)
np.atleast_1d(s); np.atleast_2d(x); np.atleast_3d(M); np.concatenate([M, N], axis=1)
np.concatenate([x, y]); np.concat([M, R]); np.stack([x, y], axis=1); np.vstack([x, M])
np.hstack([x, y]); np.hstack([M, N]); np.dstack([M, N]); np.column_stack([x, M]); np.append(x, y)
np.append(M, N, axis=0); np.block([[M, N], [N, M]]); np.insert(x, 1, 9.0)
np.insert(x, I[:2], y[:2]); np.delete(x, 1); np.delete(M, slice(0, 3, 2), axis=1); np.split(x, 3)
np.array_split(R, 3); np.vsplit(R, 2); np.hsplit(M, 3); np.dsplit(T, 2); np.unstack(T, axis=1)
np.pad(x, 2); np.pad(M, ((1, 0), (0, 2))); np.pad(x, 2, mode="edge"); np.pad(x, 2, mode="reflect")
np.pad(M, 1, mode="symmetric"); np.pad(M, 1, mode="wrap"); np.pad(x, 1, mode="mean")
np.pad(x, 2, mode="linear_ramp", end_values=0.5); np.pad(M, 1, mode="maximum")
np.pad(x, 1, constant_values=3.0); np.tril(M); np.triu(T, 1); np.diag(x); np.diag(M); np.diag(M, 1)
np.diagflat(x, -1); np.diagonal(T, 1, 0, 2); np.resize(x, (2, 4)); np.copy(x)
np.astype(x, np.float64); np.meshgrid(x, y); np.meshgrid(x, y, indexing="ij"); np.linspace(x, y, 4)
np.linspace(s, 3.0, 5, endpoint=False); np.logspace(x, y, 3); np.geomspace(x, y, 4)
np.full_like(x, s); x[1]; x[::-2]; T[:, 1, ::2]; T[1, :, I]; M[I[:3], I[:3]]; M[B]; x[B]
T[..., None, 1]; T[:, I, 0]; M[np.ix_(I, I[:2])]; np.take(x, I); np.take(T, I, axis=1)
np.take_along_axis(M, I[None, :3], 0); np.select([B, ~B], [x, y]); np.select([B], [x], 3.0)
np.choose(I[:3] % 2, [x, y], mode="clip"); np.where(B, x, y); np.where(M > 0, M, x)
np.clip(M, -0.5, 1.3); np.clip(x, y, 0.8); np.clip(M, None, 1.0); np.nan_to_num(n)
np.interp(x, y[np.argsort(y)], M[0]); np.unwrap(M * 3); np.piecewise(x, [x > 0.5], [np.sin, np.cos])
np.sort(x); np.sort(T, axis=1); np.sort(T, axis=None); np.partition(x, 1); np.dot(M, N)
np.dot(x, y); np.dot(T, R); np.dot(s, M); np.vdot(x, y); np.vdot(z, Z[0]); np.inner(M, N)
np.inner(T, R.T); np.outer(x, y); np.tensordot(T, R, axes=([2], [0])); np.tensordot(M, N)
np.einsum("ij,jk->ik", M, N); np.einsum("ii->i", M); np.einsum("ii", M)
np.einsum("...ij,j->...i", T, R[:, 0]); np.einsum("ij,ik,k", M, N, x); np.einsum("ijk->kj", T)
np.kron(M, x); np.kron(M, N[:2]); np.cross(x, y); np.cross(M, N, axis=0); np.trace(M)
np.trace(T, 1, 0, 2); np.convolve(x, y); np.convolve(x, M[0][:2], mode="same")
np.convolve(x, y[:2], mode="valid"); np.correlate(x, y, mode="full"); np.correlate(x, y[:2])
np.diff(x); np.diff(T, 2, axis=1); np.diff(x, prepend=1.0, append=y[:1]); np.ediff1d(M)
np.gradient(R[:, 0]); np.gradient(R, axis=0); np.gradient(R[:, 0], 0.3)
np.apply_along_axis(np.cumsum, 0, M); np.cov(M); np.cov(x, y); np.cov(M, rowvar=False, ddof=0)
np.corrcoef(M); np.corrcoef(x, y); np.histogram(x, 4, (0.0, 1.0), weights=y)[0]
np.bincount(I[:3], x, length=4) if np.__name__ != "numpy" else np.bincount(I[:3], x, 4)
np.polyval(P, x); np.polyfit(R[:, 0], R[:, 1], 2); np.polymul(P, x); np.polyadd(P, x[:2])
np.polysub(P, x); np.polyder(P); np.polyint(P, 2); np.vander(x); np.vander(x, 2, increasing=True)
np.linalg.solve(M, x); np.linalg.solve(M, N); np.linalg.inv(M); np.linalg.inv(Z); np.linalg.pinv(R)
np.linalg.det(M); np.linalg.det(np.stack([M, N])); np.linalg.slogdet(M)[1]; np.linalg.cholesky(S)
np.linalg.qr(M); np.linalg.qr(R, mode="r"); np.linalg.svd(R, compute_uv=False); np.linalg.svdvals(R)
np.abs(np.linalg.svd(R, full_matrices=False)[0])
np.linalg.eigh(S)[0]; np.linalg.eigvalsh(S)
np.abs(np.linalg.eigh(S)[1])
np.linalg.eigvals(M); np.linalg.lstsq(R, R[:, 0] ** 2)[0]; np.linalg.norm(x); np.linalg.norm(M)
np.linalg.norm(M, axis=1); np.linalg.norm(x, 1); np.linalg.norm(x, 3); np.linalg.norm(x, np.inf)
np.linalg.norm(M, 1); np.linalg.norm(M, 2); np.linalg.norm(M, "nuc"); np.linalg.norm(M, -2)
np.linalg.norm(T, axis=(0, 2), keepdims=True); np.linalg.norm(z)
np.linalg.vector_norm(T, axis=1, ord=2.5); np.linalg.matrix_norm(T); np.linalg.matrix_norm(M, ord=1)
np.linalg.matrix_power(M, 3); np.linalg.matrix_power(M, -2); np.linalg.cond(M); np.linalg.cond(M, 1)
np.linalg.multi_dot([M, N, x]); np.linalg.tensorsolve(np.reshape(M, (3, 3)), x)
np.linalg.tensorinv(np.reshape(M, (3, 1, 3, 1)), ind=2); np.linalg.trace(M); np.linalg.diagonal(M)
np.linalg.outer(x, y); np.linalg.cross(x, y); np.linalg.vecdot(M, N); np.linalg.matrix_transpose(T)
np.linalg.tensordot(M, N); np.linalg.matmul(M, N)
np.fft.fft(x); np.fft.fft(z, 5); np.fft.fft(T, axis=1, norm="ortho")
np.fft.ifft(z, 2, norm="forward"); np.fft.fft2(T); np.fft.ifft2(Z); np.fft.fftn(T, axes=(0, 1))
np.fft.ifftn(T); np.fft.rfft(x); np.fft.rfft(R, 6, axis=0); np.fft.irfft(z)
np.fft.irfft(Z, 5, norm="ortho"); np.fft.rfft2(M); np.fft.irfft2(Z); np.fft.rfftn(T)
np.fft.irfftn(Z); np.fft.hfft(z); np.fft.ihfft(x); np.fft.fftshift(x); np.fft.ifftshift(M, axes=1)
sp.special.erf(x); sp.special.erfc(x); sp.special.erfinv(x); sp.special.gammaln(x)
sp.special.gamma(x); sp.special.digamma(x); sp.special.polygamma(1, x)
sp.special.multigammaln(s + 2, 2); sp.special.betaln(x, y); sp.special.beta(x, y)
sp.special.expit(M); sp.special.logit(x); sp.special.xlogy(x, y); sp.special.xlog1py(x, y)
sp.special.entr(x); sp.special.rel_entr(x, y); sp.special.kl_div(x, y); sp.special.logsumexp(M)
sp.special.logsumexp(M, axis=1, b=np.abs(N)); sp.special.softmax(M, axis=0)
sp.special.log_softmax(M); sp.special.ndtr(M); sp.special.log_ndtr(M); sp.special.ndtri(x)
sp.special.zeta(x + 2, y + 1); sp.special.i0(x); sp.special.i0e(x); sp.special.i1(x)
sp.special.i1e(x); sp.special.betainc(2.0, 3.0, x); sp.special.gammainc(2.0, x)
sp.special.gammaincc(2.0, x)
sp.linalg.solve(M, x); sp.linalg.solve_triangular(np.tril(M) + 2 * np.eye(3), x, lower=True)
sp.linalg.cho_solve((sp.linalg.cholesky((S + S.T) / 2, lower=True), True), x)
sp.linalg.cholesky((S + S.T) / 2, lower=True)
sp.linalg.expm(N); sp.linalg.block_diag(M, N[:2])
sp.stats.norm.logpdf(x, y, s); sp.stats.norm.pdf(x); sp.stats.norm.cdf(x, y, s)
sp.stats.norm.logcdf(x); sp.stats.norm.sf(x); sp.stats.t.logpdf(x, s + 2, y)
sp.stats.beta.logpdf(x, y + 1, s); sp.stats.gamma.logpdf(x, s, 0.1); sp.stats.chi2.logpdf(x, s + 2)
sp.stats.expon.logpdf(x, 0.1, s); sp.stats.uniform.logpdf(x, 0.0, s)
sp.stats.laplace.logpdf(x, y, s); sp.stats.laplace.cdf(x, y, s); sp.stats.logistic.logpdf(x, y, s)
sp.stats.logistic.cdf(x, y, s); sp.stats.poisson.logpmf(I[:3], x)
sp.stats.bernoulli.logpmf(B * 1, x); sp.stats.dirichlet.logpdf(x / np.sum(x), y + 1)
sp.stats.multivariate_normal.logpdf(x, y, S)
sp.signal.convolve(M, N); sp.signal.correlate(x, y); sp.signal.fftconvolve(M, N, mode="same")
x + y; x - M; x * 2.0; 2.0 / x; x**y; x // y * x; -x; abs(M); M @ N; x @ y; x % y; M.T
M.sum(axis=0); T.mean(); M.reshape(9); M.ravel()[::2]; T.transpose(2, 0, 1); M.prod(axis=1)
T.max(axis=0); M.cumsum(1); M.trace(); z.real; M.std(0); M.var(); T.min((0, 2)); M.dot(N)
x.repeat(2); M.diagonal(); T.squeeze(); T.swapaxes(0, 1); x.take(I); z.conj()
"""
"""Calls, one after a semicolon or on a line."""

CASES = [call.strip() for line in CALLS.strip().splitlines() for call in line.split("; ")]


def names_of(call):
    """The arguments that a call differentiates."""
    words = set(re.findall(r"(?<![\w.\"'])[A-Za-z_]\w*", call))
    return [name for name in ARGUMENTS if name in words]


def function(call, names, numpy, scipy):
    """A call as a function of its arguments that returns a list of arrays."""
    code = compile(call, call, "eval")

    def f(*xs):
        space = {**CONSTANTS, **dict(zip(names, xs, strict=True)), "np": numpy, "sp": scipy}
        return [x for x in flatten(eval(code, space))[0] if kind_of(x) in "fc"]

    return f


def kind_of(x):
    return getattr(x, "dtype", np.dtype(type(x))).kind


def directions(like, seed):
    """One random array for each, of its shape and kind."""
    rng = np.random.default_rng(seed)

    def one(x):
        real = rng.normal(size=np.shape(x))
        return real + 1j * rng.normal(size=np.shape(x)) if kind_of(x) == "c" else real

    return [one(x) for x in like]


def by_jax(calls):
    """Value, gradient and tangent of some calls, in our convention for complex numbers."""
    import jax
    import jax.scipy.linalg
    import jax.scipy.signal
    import jax.scipy.special
    import jax.scipy.stats

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_disable_most_optimizations", True)  # each function runs once

    def all_of_them():
        results = []
        for call in calls:
            names = names_of(call)
            xs = [jax.numpy.asarray(ARGUMENTS[name]) for name in names]
            f = function(call, names, jax.numpy, jax.scipy)
            outs, tangents = jax.jvp(f, tuple(xs), tuple(directions(xs, 1)))
            cotangents = [jax.numpy.conj(g) for g in directions(outs, 2)]
            grads = [jax.numpy.conj(c) for c in jax.vjp(f, *xs)[1](cotangents)]
            results.append((outs, grads, tangents))
        return results

    return [[vector(part) for part in result] for result in jax.jit(all_of_them)()]


def vector(arrays):
    """Arrays one after the other."""
    return np.concatenate([np.ravel(np.asarray(x, complex)) for x in arrays])


def stored():
    """``{call: (value, gradient, tangent)}`` from the file."""
    with np.load(STORED) as file:
        ends = np.cumsum(file["lengths"])
        parts = iter(np.split(file["numbers"], ends[:-1]))
        return {str(call): [next(parts) for _ in range(3)] for call in file["calls"]}


def main():
    results = [result for k in range(0, len(CASES), 25) for result in by_jax(CASES[k : k + 25])]
    parts = [part for result in results for part in result]
    lengths = [part.size for part in parts]
    numbers = np.concatenate(parts)
    np.savez_compressed(STORED, calls=np.array(CASES), lengths=lengths, numbers=numbers)
    print(f"{len(CASES)} calls in {STORED}")


if __name__ == "__main__":
    main()
