using TResNet.Weights.Formats.Onnx;

namespace TResNet.Weights.ByGraph;

/// <summary>The attributes of an operator by their names.</summary>
internal static class NodeAttributes
{
    /// <summary>One of them; null where it is not there.</summary>
    public static AttributeProto? Find(this NodeProto node, string name) =>
        node.Attribute.FirstOrDefault(each => each.Name == name);

    /// <summary>A whole number, the last where there are several; null where it is not there.</summary>
    public static long? Whole(this NodeProto node, string name) =>
        node.Find(name) is not { } attribute ? null
        : attribute.Ints.Count > 0 ? attribute.Ints[^1]
        : attribute.I;

    /// <summary>A number, or another where it is not there.</summary>
    public static float Number(this NodeProto node, string name, float otherwise) =>
        node.Find(name) is { } attribute ? attribute.F : otherwise;

    /// <summary>A word; null where it is not there.</summary>
    public static string? Word(this NodeProto node, string name) => node.Find(name)?.S.ToStringUtf8();
}
