using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>How a quotient becomes an integer.</summary>
    public enum RoundingMode
    {
        /// <summary>It does not.</summary>
        None,

        /// <summary>Towards zero.</summary>
        trunc,

        /// <summary>Downwards.</summary>
        floor,
    }

    public partial class Tensor
    {
        /// <summary>Absolute values.</summary>
        public Tensor abs() => Operators.abs.Call(this);

        /// <summary>Absolute values, in place.</summary>
        public Tensor abs_() => InPlace(Operators.abs_, this);

        /// <summary>The negated values.</summary>
        public Tensor neg() => Operators.neg.Call(this);

        /// <summary>The negated values, in place.</summary>
        public Tensor neg_() => InPlace(Operators.neg_, this);

        /// <summary>e to the power of each value.</summary>
        public Tensor exp() => Operators.exp.Call(this);

        /// <summary>e to the power of each value, in place.</summary>
        public Tensor exp_() => InPlace(Operators.exp_, this);

        /// <summary>Natural logarithms.</summary>
        public Tensor log() => Operators.log.Call(this);

        /// <summary>Natural logarithms, in place.</summary>
        public Tensor log_() => InPlace(Operators.log_, this);

        /// <summary>Logarithms to base 2.</summary>
        public Tensor log2() => Operators.log2.Call(this);

        /// <summary>log(1 + x), exact for small x.</summary>
        public Tensor log1p() => Operators.log1p.Call(this);

        /// <summary>Square roots.</summary>
        public Tensor sqrt() => Operators.sqrt.Call(this);

        /// <summary>Square roots, in place.</summary>
        public Tensor sqrt_() => InPlace(Operators.sqrt_, this);

        /// <summary>1 / sqrt(x).</summary>
        public Tensor rsqrt() => Operators.rsqrt.Call(this);

        /// <summary>1 / sqrt(x), in place.</summary>
        public Tensor rsqrt_() => InPlace(Operators.rsqrt_, this);

        /// <summary>Squares.</summary>
        public Tensor square() => Operators.square.Call(this);

        /// <summary>1 / x.</summary>
        public Tensor reciprocal() => Operators.reciprocal.Call(this);

        /// <summary>1 / x, in place.</summary>
        public Tensor reciprocal_() => InPlace(Operators.reciprocal_, this);

        /// <summary>Sines, of radians.</summary>
        public Tensor sin() => Operators.sin.Call(this);

        /// <summary>Cosines, of radians.</summary>
        public Tensor cos() => Operators.cos.Call(this);

        /// <summary>Hyperbolic tangents.</summary>
        public Tensor tanh() => Operators.tanh.Call(this);

        /// <summary>Hyperbolic tangents, in place.</summary>
        public Tensor tanh_() => InPlace(Operators.tanh_, this);

        /// <summary>1 / (1 + exp(-x)).</summary>
        public Tensor sigmoid() => Operators.sigmoid.Call(this);

        /// <summary>1 / (1 + exp(-x)), in place.</summary>
        public Tensor sigmoid_() => InPlace(Operators.sigmoid_, this);

        /// <summary>max(x, 0).</summary>
        public Tensor relu() => Operators.relu.Call(this);

        /// <summary>max(x, 0), in place.</summary>
        public Tensor relu_() => InPlace(Operators.relu_, this);

        /// <summary>The largest integers not above.</summary>
        public Tensor floor() => Operators.floor.Call(this);

        /// <summary>The largest integers not above, in place.</summary>
        public Tensor floor_() => InPlace(Operators.floor_, this);

        /// <summary>The smallest integers not below.</summary>
        public Tensor ceil() => Operators.ceil.Call(this);

        /// <summary>The smallest integers not below, in place.</summary>
        public Tensor ceil_() => InPlace(Operators.ceil_, this);

        /// <summary>The nearest integers, halves to even.</summary>
        public Tensor round(long decimals = 0) =>
            decimals == 0 ? Operators.round.Call(this) : Operators.roundDecimals.Call(this, decimals);

        /// <summary>The nearest integers, halves to even, in place.</summary>
        public Tensor round_(long decimals = 0) =>
            decimals == 0 ? InPlace(Operators.round_, this) : InPlace(Operators.roundDecimals_, this, decimals);

        /// <summary>-1, 0 or 1.</summary>
        public Tensor sign() => Operators.sign.Call(this);

        /// <summary>The error function.</summary>
        public Tensor erf() => Operators.erf.Call(this);

        /// <summary>True where not a number.</summary>
        public Tensor isnan() => Operators.isnan.Call(this);

        /// <summary>True where infinite.</summary>
        public Tensor isinf() => Operators.isinf.Call(this);

        /// <summary>True where neither infinite nor not a number.</summary>
        public Tensor isfinite() => Operators.isfinite.Call(this);

        /// <summary>True where zero.</summary>
        public Tensor logical_not() => Operators.logical_not.Call(this);

        /// <summary>All zeros, in place.</summary>
        public Tensor zero_() => InPlace(Operators.zero_, this);

        /// <summary>self + other.</summary>
        public Tensor add(Tensor target) => Operators.add.Call(this, target, 1);

        /// <summary>self + alpha * other.</summary>
        public Tensor add(Tensor target, Scalar alpha) => Operators.add.Call(this, target, alpha);

        /// <summary>self + other.</summary>
        public Tensor add(Scalar scalar) => Operators.addScalar.Call(this, scalar, 1);

        /// <summary>self + alpha * other.</summary>
        public Tensor add(Scalar scalar, Scalar alpha) => Operators.addScalar.Call(this, scalar, alpha);

        /// <summary>self + other, in place.</summary>
        public Tensor add_(Tensor target) => InPlace(Operators.add_, this, target, 1);

        /// <summary>self + alpha * other, in place.</summary>
        public Tensor add_(Tensor target, Scalar alpha) => InPlace(Operators.add_, this, target, alpha);

        /// <summary>self + other, in place.</summary>
        public Tensor add_(Scalar scalar) => InPlace(Operators.addScalar_, this, scalar, 1);

        /// <summary>self + alpha * other, in place.</summary>
        public Tensor add_(Scalar scalar, Scalar alpha) => InPlace(Operators.addScalar_, this, scalar, alpha);

        /// <summary>self - other.</summary>
        public Tensor sub(Tensor target) => Operators.sub.Call(this, target, 1);

        /// <summary>self - other.</summary>
        public Tensor sub(Scalar target) => Operators.subScalar.Call(this, target, 1);

        /// <summary>self - other, in place.</summary>
        public Tensor sub_(Tensor target) => InPlace(Operators.sub_, this, target, 1);

        /// <summary>self - other, in place.</summary>
        public Tensor sub_(Scalar target) => InPlace(Operators.subScalar_, this, target, 1);

        /// <summary>self * other.</summary>
        public Tensor mul(Tensor target) => Operators.mul.Call(this, target);

        /// <summary>self * other.</summary>
        public Tensor mul(Scalar target) => Operators.mulScalar.Call(this, target);

        /// <summary>self * other, in place.</summary>
        public Tensor mul_(Tensor target) => InPlace(Operators.mul_, this, target);

        /// <summary>self * other, in place.</summary>
        public Tensor mul_(Scalar target) => InPlace(Operators.mulScalar_, this, target);

        /// <summary>self / other.</summary>
        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None
                ? Operators.div.Call(this, target)
                : Operators.divRounded.Call(this, target, Name(rounding_mode));

        /// <summary>self / other.</summary>
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None
                ? Operators.divScalar.Call(this, target)
                : Operators.divScalarRounded.Call(this, target, Name(rounding_mode));

        /// <summary>self / other, in place.</summary>
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None
                ? InPlace(Operators.div_, this, target)
                : InPlace(Operators.divRounded_, this, target, Name(rounding_mode));

        /// <summary>self / other, in place.</summary>
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None
                ? InPlace(Operators.divScalar_, this, target)
                : InPlace(Operators.divScalarRounded_, this, target, Name(rounding_mode));

        /// <summary>self to the power of exponent.</summary>
        public Tensor pow(Tensor exponent) => Operators.pow.Call(this, exponent);

        /// <summary>self to the power of exponent.</summary>
        public Tensor pow(Scalar exponent) => Operators.powScalar.Call(this, exponent);

        /// <summary>self to the power of exponent, in place.</summary>
        public Tensor pow_(Tensor exponent) => InPlace(Operators.pow_, this, exponent);

        /// <summary>self to the power of exponent, in place.</summary>
        public Tensor pow_(Scalar exponent) => InPlace(Operators.powScalar_, this, exponent);

        /// <summary>The larger of each pair.</summary>
        public Tensor maximum(Tensor other) => Operators.maximum.Call(this, other);

        /// <summary>The smaller of each pair.</summary>
        public Tensor minimum(Tensor other) => Operators.minimum.Call(this, other);

        /// <summary>True where both are not zero.</summary>
        public Tensor logical_and(Tensor other) => Operators.logical_and.Call(this, other);

        /// <summary>True where either is not zero.</summary>
        public Tensor logical_or(Tensor other) => Operators.logical_or.Call(this, other);

        /// <summary>True where self is equal.</summary>
        public Tensor eq(Tensor target) => Operators.eq.Call(this, target);

        /// <summary>True where self is equal.</summary>
        public Tensor eq(Scalar target) => Operators.eqScalar.Call(this, target);

        /// <summary>True where self is different.</summary>
        public Tensor ne(Tensor target) => Operators.ne.Call(this, target);

        /// <summary>True where self is different.</summary>
        public Tensor ne(Scalar target) => Operators.neScalar.Call(this, target);

        /// <summary>True where self is greater.</summary>
        public Tensor gt(Tensor target) => Operators.gt.Call(this, target);

        /// <summary>True where self is greater.</summary>
        public Tensor gt(Scalar target) => Operators.gtScalar.Call(this, target);

        /// <summary>True where self is greater or equal.</summary>
        public Tensor ge(Tensor target) => Operators.ge.Call(this, target);

        /// <summary>True where self is greater or equal.</summary>
        public Tensor ge(Scalar target) => Operators.geScalar.Call(this, target);

        /// <summary>True where self is less.</summary>
        public Tensor lt(Tensor target) => Operators.lt.Call(this, target);

        /// <summary>True where self is less.</summary>
        public Tensor lt(Scalar target) => Operators.ltScalar.Call(this, target);

        /// <summary>True where self is less or equal.</summary>
        public Tensor le(Tensor target) => Operators.le.Call(this, target);

        /// <summary>True where self is less or equal.</summary>
        public Tensor le(Scalar target) => Operators.leScalar.Call(this, target);

        /// <summary>The remainder of the division, with the sign of the divisor.</summary>
        public Tensor remainder(Tensor target) => Operators.remainder.Call(this, target);

        /// <summary>The remainder of the division, with the sign of the divisor.</summary>
        public Tensor remainder(Scalar scalar) => Operators.remainderScalar.Call(this, scalar);

        /// <summary>self + value * tensor1 * tensor2.</summary>
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Operators.addcmul.Call(this, tensor1, tensor2, value);

        /// <summary>self + value * tensor1 * tensor2, in place.</summary>
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            InPlace(Operators.addcmul_, this, tensor1, tensor2, value);

        /// <summary>self + tensor1 / tensor2.</summary>
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => addcdiv(tensor1, tensor2, 1);

        /// <summary>self + value * tensor1 / tensor2.</summary>
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Operators.addcdiv.Call(this, tensor1, tensor2, value);

        /// <summary>self + tensor1 / tensor2, in place.</summary>
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => addcdiv_(tensor1, tensor2, 1);

        /// <summary>self + value * tensor1 / tensor2, in place.</summary>
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            InPlace(Operators.addcdiv_, this, tensor1, tensor2, value);

        /// <summary>self + weight * (end - self).</summary>
        public Tensor lerp(Tensor end, Tensor weight) => Operators.lerp.Call(this, end, weight);

        /// <summary>self + weight * (end - self).</summary>
        /// <remarks>TorchSharp takes a number here by converting it to a tensor.</remarks>
        public Tensor lerp(Tensor end, Scalar weight) => Operators.lerpScalar.Call(this, end, weight);

        /// <summary>self + weight * (end - self), in place.</summary>
        public Tensor lerp_(Tensor end, Tensor weight) => InPlace(Operators.lerp_, this, end, weight);

        /// <summary>self + weight * (end - self), in place.</summary>
        /// <remarks>TorchSharp takes a number here by converting it to a tensor.</remarks>
        public Tensor lerp_(Tensor end, Scalar weight) => InPlace(Operators.lerpScalar_, this, end, weight);

        /// <summary>Each value, held between two bounds; null is no bound.</summary>
        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Operators.clamp.Call(this, min, max);

        /// <summary>Each value, held between two bounds; null is no bound, in place.</summary>
        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => InPlace(Operators.clamp_, this, min, max);

        /// <summary>Elements of this tensor where the condition holds, of the other where not.</summary>
        public Tensor where(Tensor condition, Tensor y) => Operators.where.Call(condition, this, y);

        /// <summary>A copy with a value wherever the mask is true.</summary>
        public Tensor masked_fill(Tensor mask, Scalar value) => Operators.masked_fill.Call(this, mask, value);

        /// <summary>exp(x) divided by its sum along a dimension.</summary>
        public Tensor softmax(long dim, ScalarType? dtype = null) =>
            Operators.softmax.Call(this, dim, Arg.OptionalType(dtype));

        /// <summary>The logarithm of the softmax along a dimension.</summary>
        public Tensor log_softmax(long dim, ScalarType? dtype = null) =>
            Operators.log_softmax.Call(this, dim, Arg.OptionalType(dtype));

        private static string Name(RoundingMode mode) => mode == RoundingMode.trunc ? "trunc" : "floor";

        /// <summary>Runs an in-place operator and gives the tensor back, as PyTorch does: another handle on the same data.</summary>
        private static Tensor InPlace(Operator op, params ReadOnlySpan<Arg> args) => op.Call(args);
    }
}
