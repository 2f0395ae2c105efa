namespace TResNet.Architectures;

/// <summary>Parameter names, so that published checkpoints load as they are.</summary>
internal enum ParameterNames
{
    /// <summary><c>layer1.0.conv1.weight</c>, <c>layer1.0.bn1.weight</c>, <c>layer1.0.downsample.0.weight</c>, <c>fc.weight</c>.</summary>
    ResNet,

    /// <summary><c>layer1.0.conv1.conv.weight</c>, <c>layer1.0.conv1.bn.weight</c>, <c>layer1.0.downsample.0.weight</c>, <c>fc.weight</c>.</summary>
    SelectiveKernel,

    /// <summary><c>body.layer1.0.conv1.conv.weight</c>, <c>body.layer1.0.downsample.0.conv.weight</c>, <c>head.fc.weight</c>.</summary>
    TResNet,

    /// <summary><c>stem.conv.weight</c>, <c>s1.b1.conv1.conv.weight</c>, <c>s1.b1.downsample.conv.weight</c>, <c>head.fc.weight</c>.</summary>
    RegNet,

    /// <summary><c>stem.conv.weight</c>, <c>stages.0.blocks.0.norm1.weight</c>, <c>stages.0.blocks.0.conv1.weight</c>, <c>head.fc.weight</c>.</summary>
    ResNetV2,
}
