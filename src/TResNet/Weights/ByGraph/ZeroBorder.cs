namespace TResNet.Weights.ByGraph;

/// <summary>The zeros around the map that a convolution reads.</summary>
/// <param name="Top">Rows above.</param>
/// <param name="Left">Columns before.</param>
/// <param name="Bottom">Rows below.</param>
/// <param name="Right">Columns after.</param>
internal readonly record struct ZeroBorder(long Top, long Left, long Bottom, long Right)
{
    /// <summary>With more of them.</summary>
    public static ZeroBorder operator +(ZeroBorder one, ZeroBorder other) =>
        new(one.Top + other.Top, one.Left + other.Left, one.Bottom + other.Bottom, one.Right + other.Right);

    /// <summary>Whether a kernel sees the same numbers with either. The last rows and columns it does not reach where it takes larger steps.</summary>
    /// <param name="other">The other.</param>
    /// <param name="stride">Its steps.</param>
    public bool IsLike(ZeroBorder other, long stride) =>
        (Top, Left) == (other.Top, other.Left)
        && Math.Abs(Bottom - other.Bottom) < stride
        && Math.Abs(Right - other.Right) < stride;

    /// <summary>Above, left, below, right.</summary>
    public override string ToString() => $"{Top} {Left} {Bottom} {Right}";
}
